// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients on the JVM say when they forward ports. */
@Timeout(60)
class PortChannelsTest {
    @Test
    void aPortHasAChannelForDataAndOneForTrouble() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            int closed;
            try (ServerSocket none = new ServerSocket(0)) {
                closed = none.getLocalPort();
            }
            Thread.ofVirtual().start(() -> greet(server));
            int open = server.getLocalPort();
            Map<Integer, StringBuilder> heard = new TreeMap<>();
            try (PortChannels channels = new PortChannels(
                    List.of(open, closed), port -> new Socket(InetAddress.getLoopbackAddress(), port))) {
                for (int channel = 0; channel < 4; channel++) {
                    int port = channel < 2 ? open : closed;
                    assertThat(channels.next()).containsExactly(channel, port & 0xff, port >> 8);
                }
                channels.send(new byte[] {0, 'h', 'i', '\n'});
                channels.send(new byte[] {9, 'x'}); // nobody's
                for (byte[] message = channels.next(); message != null; message = channels.next()) {
                    heard.computeIfAbsent((int) message[0], _ -> new StringBuilder())
                            .append(text(message));
                }
            }
            assertThat(heard.get(0)).hasToString("hello hi");
            assertThat(heard.get(1)).as("no trouble").isNull();
            assertThat(heard.get(2)).isNull();
            assertThat(heard.get(3)).asString().contains("refused");
        }
    }

    private static String text(byte[] message) {
        return new String(Arrays.copyOfRange(message, 1, message.length), StandardCharsets.UTF_8);
    }

    private static void greet(ServerSocket server) {
        try (Socket socket = server.accept()) {
            byte[] line = socket.getInputStream().readNBytes(2);
            socket.getOutputStream().write("hello ".getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(line);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
