// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With the files of a service account, against the real server. */
@Timeout(60)
class InClusterTest {
    @TempDir
    Path folder;

    private final SystemTime time = new SystemTime();
    private RealServer server;
    private Path account;

    @BeforeEach
    void start() throws Exception {
        server = new RealServer(folder, time);
        account = Files.createDirectory(folder.resolve("account"));
        Files.writeString(account.resolve("token"), RealServer.TOKEN + "\n");
        Files.writeString(account.resolve("ca.crt"), server.authority());
    }

    @AfterEach
    void stop() {
        server.close();
        time.close();
    }

    private Map<String, String> environment() {
        return Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", String.valueOf(server.port()));
    }

    @Test
    void aPodsOwnAccountIsUsedAndItsTokenReadAnewEachTime() throws Exception {
        try (HttpsApi api = new HttpsApi(Connection.inCluster(environment(), account))) {
            asks(api);
        }
    }

    @Test
    void aKubeconfigMayNameTheSameFiles() throws Exception {
        Path file = account.resolve("config");
        Files.writeString(file, """
                        apiVersion: v1
                        kind: Config
                        current-context: pod
                        clusters: [{name: here, cluster: {server: "https://127.0.0.1:%d", certificate-authority: ca.crt}}]
                        users: [{name: account, user: {tokenFile: token}}]
                        contexts: [{name: pod, context: {cluster: here, user: account}}]
                        """.formatted(server.port()));
        try (HttpsApi api = new HttpsApi(Kubeconfig.read(file).connection(null))) {
            asks(api);
        }
    }

    private void asks(HttpsApi api) throws Exception {
        ApiClient client = new ApiClient(api, "test");
        assertThat(client.list(Resources.NAMESPACES, Selection.ALL).items()).isNotEmpty();
        Files.writeString(account.resolve("token"), "out of date");
        assertThatThrownBy(() -> client.list(Resources.NAMESPACES, Selection.ALL))
                .isInstanceOfSatisfying(
                        ApiError.class, refused -> assertThat(refused.code()).isEqualTo(401));
        Files.writeString(account.resolve("token"), RealServer.TOKEN);
        assertThat(client.list(Resources.NAMESPACES, Selection.ALL).items()).isNotEmpty();
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        assertThatThrownBy(() -> Connection.inCluster(Map.of(), account))
                .isInstanceOf(IOException.class)
                .hasMessage("not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set");
        Files.delete(account.resolve("ca.crt"));
        assertThatThrownBy(() -> Connection.inCluster(environment(), account))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot read " + account.resolve("ca.crt") + ": it says whom to believe that it is the API");
        Files.delete(account.resolve("token"));
        assertThatThrownBy(() -> Connection.inCluster(environment(), account))
                .hasMessage("cannot read " + account.resolve("token") + ": is the service account's token mounted?");
    }

    @Test
    void anAddressOfIpv6IsBracketed() throws Exception {
        Map<String, String> six = Map.of("KUBERNETES_SERVICE_HOST", "fd00:10:96::1", "KUBERNETES_SERVICE_PORT", "443");

        assertThat(Connection.inCluster(six, account).server()).hasToString("https://[fd00:10:96::1]:443");
    }
}
