// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a cluster outlives the agent that learnt it. */
class ClusterMemoryTest {
    private static final ClusterMemory CLUSTER = new ClusterMemory(
            List.of(URI.create("https://192.168.7.2:6443"), URI.create("https://[2001:db8::7]:6443")),
            List.of(IpAddress.of("10.96.0.1"), IpAddress.of("fd00:10:96::1")),
            List.of(Cidr.of("10.96.0.0/16"), Cidr.of("fd00:10:96::/112")));

    @TempDir
    private Path folder = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("cluster");
    }

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        CLUSTER.write(file);

        assertThat(ClusterMemory.read(file)).isEqualTo(CLUSTER);
        assertThat(file).hasContent("""
                server https://192.168.7.2:6443
                server https://[2001:db8::7]:6443
                service 10.96.0.1
                service fd00:10:96::1
                block 10.96.0.0/16
                block fd00:10:96::/112
                """);
    }

    @Test
    void theNewTakesThePlaceOfTheOldAndNothingElseIsLeft() throws Exception {
        CLUSTER.write(file);
        ClusterMemory moved = new ClusterMemory(List.of(URI.create("https://192.168.7.3:6443")), List.of(), List.of());
        moved.write(file);

        assertThat(ClusterMemory.read(file)).isEqualTo(moved);
        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
        try (var all = Files.list(folder)) {
            assertThat(all).containsExactly(file);
        }
    }

    @Test
    void withoutAFileNothingIsKnown() throws Exception {
        assertThat(ClusterMemory.read(file)).isEqualTo(ClusterMemory.NOTHING);
    }

    @Test
    void linesThatSayNothingArePassedOver() throws Exception {
        Files.writeString(file, """
                # of a later version
                colour blue
                server http://192.168.7.2:8080
                service 10.96.0
                service 10.96.0.1
                block 10.96.0.0/33
                block
                """);

        assertThat(ClusterMemory.read(file))
                .isEqualTo(new ClusterMemory(List.of(), List.of(IpAddress.of("10.96.0.1")), List.of()));
    }

    @Test
    void aServerThatIsNoneNamesTheFile() throws Exception {
        Files.writeString(file, "server https://192.168.7.2:6443 and more\n");

        assertThatThrownBy(() -> ClusterMemory.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + " cannot be read: ")
                .hasMessageEndingWith("; delete it");
    }
}
