// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.process.ProcessStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketTableTest {
    @ParameterizedTest
    @CsvSource({
        "'  0: 00000000:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0',"
                + " 0.0.0.0, 8080, true, 3, 4711",
        "'  1: 0180C97F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0',"
                + " 127.201.128.1, 80, true, 0, 12",
        "'  2: 0180C97F:0050 0180C97F:C350 01 00000000:00000000 00:00000000 00000000     0        0 13 1 0 20 4 30 10 -1',"
                + " 127.201.128.1, 80, false, 0, 13",
        "'  0: 0000000000000000FFFF00000180C97F:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000"
                + " 00000000 0 0 14 1 0 100 0 0 10 0', 127.201.128.1, 80, true, 0, 14",
    })
    void lines(String line, String address, int port, boolean listening, long queued, long inode) {
        SocketTable.Entry entry = SocketTable.parse(line);

        assertThat(entry.local().toString()).isEqualTo(address);
        assertThat(entry.port()).isEqualTo(port);
        assertThat(entry.listening()).isEqualTo(listening);
        assertThat(entry.queued()).isEqualTo(queued);
        assertThat(entry.inode()).isEqualTo(inode);
    }

    @Test
    void whatWaitsToBeAcceptedIsSeenInTheRealTable() throws IOException {
        InetAddress address = InetAddress.ofLiteral("127.201.200.1");
        try (ServerSocket server = new ServerSocket(0, 10, address);
                Socket waiting = new Socket(address, server.getLocalPort())) {
            List<SocketTable.Entry> listeners = SocketTable.read(Path.of("/proc/self/net")).stream()
                    .filter(entry -> entry.listening() && entry.port() == server.getLocalPort())
                    .toList();

            assertThat(waiting.isConnected()).isTrue();
            assertThat(listeners).hasSize(1);
            assertThat(listeners.getFirst().queued()).isEqualTo(1);
            long session = ProcessStatus.of(ProcessHandle.current().pid())
                    .orElseThrow()
                    .session();
            assertThat(SocketTable.inodes(Set.of(session)))
                    .contains(listeners.getFirst().inode());
        }
    }
}
