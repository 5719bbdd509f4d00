// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.play;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One port of a played pod. */
@Timeout(60)
class PassageTest {
    private static final int ROUNDS = 200;

    private static Stream<Arguments> ends() {
        Consumer<Passage> close = Passage::close;
        Consumer<Passage> kill = Passage::kill;
        Consumer<Passage> drain = Passage::drain; // waits for those who may still come
        return Stream.of(
                Arguments.of("closed", close, ROUNDS),
                Arguments.of("killed", kill, ROUNDS),
                Arguments.of("drained", drain, ROUNDS / 20));
    }

    private static InetSocketAddress free() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(any.getInetAddress(), any.getLocalPort());
        }
    }

    private static void connect(InetSocketAddress at) throws IOException {
        try (Socket client = new Socket()) {
            client.connect(at);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void nobodyIsTakenWhenItHasEnded(String how, Consumer<Passage> end, int rounds) throws IOException {
        InetSocketAddress at = free();
        InetSocketAddress nobody = free();
        for (int round = 0; round < rounds; round++) {
            Passage passage = Passage.open(at, nobody, new Mood(), () -> {}, new Pause((delay, task) -> () -> {}));
            connect(at); // whoever accepts is on its way back to the next when the end comes
            end.accept(passage);
            assertThatThrownBy(() -> connect(at)).as(how).isInstanceOf(ConnectException.class);
        }
    }
}
