// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.time.testing.FakeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PkiTest {
    private static final User ADMIN = new User("admin, with \"signs\"", Set.of("system:masters", "others"));

    @TempDir
    Path folder;

    private final FakeTime time = new FakeTime(Instant.parse("2026-01-01T00:00:00Z"));

    @Test
    void a_client_certificate_says_who() throws IOException {
        Credential client = Pki.open(folder, time).client("admin", ADMIN);
        assertThat(Pem.user(Pem.certificate(client.certificate()))).isEqualTo(ADMIN);
        assertThat(client.key()).startsWith("-----BEGIN EC PRIVATE KEY-----\n");
        assertThat(Pem.privateKey(client.key()).getAlgorithm()).isEqualTo("EC");
    }

    @Test
    void a_server_certificate_is_for_its_names() throws IOException {
        Set<String> names = Set.of("localhost", "127.0.0.1", "::1");
        Credential server = Pki.open(folder, time).server(names);
        assertThat(Pem.names(server)).containsExactlyInAnyOrder("localhost", "127.0.0.1", Pem.canonical("::1"));
    }

    @Test
    void what_is_good_is_used_again() throws IOException {
        Credential server = Pki.open(folder, time).server(Set.of("localhost"));
        Credential client = Pki.open(folder, time).client("admin", ADMIN);
        Pki again = Pki.open(folder, time);
        assertThat(again.server(Set.of("localhost"))).isEqualTo(server);
        assertThat(again.client("admin", ADMIN)).isEqualTo(client);
        assertThat(again.server(Set.of("localhost", "other"))).isNotEqualTo(server);
        assertThat(again.client("admin", new User("somebody", Set.of()))).isNotEqualTo(client);
    }

    @Test
    void what_is_about_to_expire_is_issued_again_by_the_same_authority() throws IOException {
        Pki pki = Pki.open(folder, time);
        Credential client = pki.client("admin", ADMIN);
        time.advance(Duration.ofDays(340));
        Pki later = Pki.open(folder, time);
        assertThat(later.authority()).isEqualTo(pki.authority());
        assertThat(later.client("admin", ADMIN)).isNotEqualTo(client);
    }

    @Test
    void files_are_their_owners_alone() throws IOException {
        Path pki = folder.resolve("deep/pki");
        Credential client = Pki.open(pki, time).client("admin", ADMIN);
        Path kubeconfig = folder.resolve("kubeconfig");
        Kubeconfig.write(kubeconfig, "c", "https://127.0.0.1:1", "ca", client);
        for (Path file : new Path[] {pki.resolve("ca.key"), pki.resolve("admin.key"), kubeconfig}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pki)))
                .isEqualTo("rwx------");
        assertThat(Kubeconfig.text("c", "https://127.0.0.1:1", "ca", client))
                .startsWith("apiVersion: v1\nkind: Config\n")
                .contains("    certificate-authority-data: Y2E=\n")
                .endsWith("current-context: c\n");
    }

    @Test
    void a_broken_file_is_named() throws IOException {
        Pki.open(folder, time);
        Files.writeString(folder.resolve("ca.key"), "not a key");
        assertThatThrownBy(() -> Pki.open(folder, time))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ca.key")
                .hasMessageContaining("remove both to get new ones");
    }
}
