// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.KernelException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TalkTest {
    private static Talk shell(String script, boolean terminal) {
        return Talk.start(Spawn.of(List.of("sh", "-c", script)).withEnvironment(Map.of("TERM", "xterm")), terminal);
    }

    private static String all(java.io.InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void whatIsSaidIsHeardAndAnsweredOnBothStreams() throws Exception {
        try (Talk talk = shell("cat; echo wrong >&2; exit 3", false)) {
            try (OutputStream input = talk.input()) {
                input.write("right\n".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(all(talk.output())).isEqualTo("right\n");
            assertThat(all(talk.errors())).isEqualTo("wrong\n");
            assertThat(talk.child().exit().get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Code(3));
        }
    }

    @Test
    void moreThanAPipeHoldsGoesThrough() throws Exception {
        byte[] much = "0123456789abcdef".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8);
        try (Talk talk = shell("cat", false)) {
            CompletableFuture<Void> said = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> {
                try (OutputStream input = talk.input()) {
                    input.write(much);
                    said.complete(null);
                } catch (IOException broken) {
                    said.completeExceptionally(broken);
                }
            });
            assertThat(talk.output().readAllBytes()).isEqualTo(much);
            said.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void streamsEndWithTheChildThoughAnotherHoldsThem() throws Exception {
        try (Talk talk = shell("sleep 50 & echo last words", false)) {
            assertThat(all(talk.output())).isEqualTo("last words\n");
            assertThat(all(talk.errors())).isEmpty();
        }
    }

    @Test
    void aTerminalIsTheChildsOwnAndHasASize() throws Exception {
        try (Talk talk = shell("read word; tty; stty size; echo $word >/dev/tty; echo also >&2; exit 4", true)) {
            talk.resize(132, 43);
            talk.input().write("hello\n".getBytes(StandardCharsets.UTF_8));
            assertThat(all(talk.output())).matches("(?s)hello\r\n/dev/pts/\\d+\r\n43 132\r\nhello\r\nalso\r\n");
            assertThat(all(talk.errors())).isEmpty();
            assertThat(talk.child().exit().get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Code(4));
        }
    }

    @Test
    void anInterruptTypedEndsWhatRuns() throws Exception {
        try (Talk talk = shell("echo ready; exec sleep 50", true)) {
            byte[] ready = talk.output().readNBytes("ready\r\n".length());
            assertThat(new String(ready, StandardCharsets.UTF_8)).isEqualTo("ready\r\n");
            talk.input().write(3);
            assertThat(talk.child().exit().get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Signalled(2));
        }
    }

    @Test
    void closingWakesWhoReadsAndEndsTheChild() throws Exception {
        Talk talk = shell("exec sleep 50", false);
        CompletableFuture<Integer> read = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                read.complete(talk.output().read());
            } catch (IOException broken) {
                read.completeExceptionally(broken);
            }
        });
        talk.close();
        talk.close();
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
        assertThat(talk.child().exit().get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Signalled(9));
        assertThatThrownBy(() -> talk.input().write(1)).isInstanceOf(IOException.class);
    }

    @Test
    void whatCannotBeStartedLeavesNothingOpen() {
        long before = descriptors();
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> Talk.start(Spawn.of(List.of("/no/such/program")), false))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("/no/such/program");
        }
        assertThat(descriptors()).isLessThan(before + 100);
    }

    private static long descriptors() {
        return java.util.Objects.requireNonNull(new java.io.File("/proc/self/fd").list()).length;
    }
}
