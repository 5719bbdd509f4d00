// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.definition.Volume;
import dev.fairlead.pods.testing.FakePodApi;
import dev.fairlead.wire.time.testing.FakeTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens are written anew before they end. */
class PodTokensTest {
    private static final Path FILE = Path.of("token");
    private static final Volume.Token HOUR = new Volume.Token("token", "", 3_600, true);

    private final FakeTime time = new FakeTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final Mailbox mailbox = new Mailbox("tokens");
    private final LinkedBlockingQueue<String> written = new LinkedBlockingQueue<>();
    private final AtomicBoolean full = new AtomicBoolean();
    private final PodTokens tokens = new PodTokens(new PodScope(
            new PodContext(
                    PodSettings.of("n", Path.of("none"), List.of()),
                    new FakePodApi(time),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    Map.of(),
                    time),
            PodSpec.from(Tree.of(Map.of("metadata", Map.of("namespace", "shop", "name", "web", "uid", "u")))),
            mailbox));

    PodTokensTest() {
        Thread.ofVirtual().start(() -> mailbox.run(() -> {}));
    }

    @AfterEach
    void stop() {
        tokens.close();
        mailbox.close();
    }

    private void write(String token) throws IOException {
        if (full.getAndSet(false)) {
            written.add("full");
            throw new IOException("full");
        }
        written.add(token);
    }

    private String next() throws InterruptedException {
        return written.poll(30, TimeUnit.SECONDS);
    }

    @Test
    void aTokenIsReplacedWhenFourFifthsOfItsTimeAreOver() throws Exception {
        assertThat(tokens.keep(FILE, HOUR, this::write)).isEqualTo("token 1 of shop/default for shop/web");
        time.advance(Duration.ofMinutes(47));
        assertThat(written).isEmpty();
        time.advance(Duration.ofMinutes(1));
        assertThat(next()).startsWith("token 2 ");
        time.advance(Duration.ofMinutes(48));
        assertThat(next()).startsWith("token 3 ");
    }

    @Test
    void oneThatCannotBeWrittenIsWrittenSoon() throws Exception {
        tokens.keep(FILE, HOUR, this::write);
        full.set(true);
        time.advance(Duration.ofMinutes(48));
        assertThat(next()).isEqualTo("full");
        for (String found = null; found == null; found = written.poll(10, TimeUnit.MILLISECONDS)) {
            time.advance(Duration.ofSeconds(1)); // as often as it takes for the timer to be set
        }
    }

    @Test
    void onlyTheNewestWritingGoesOn() throws Exception {
        tokens.keep(FILE, HOUR, token -> written.add("old " + token));
        tokens.keep(FILE, HOUR, token -> written.add("new " + token));
        time.advance(Duration.ofMinutes(48));
        assertThat(next()).startsWith("new token 3");
        tokens.close();
        time.advance(Duration.ofHours(2));
        assertThat(tokens.keep(FILE, HOUR, this::write)).isNull();
        assertThat(written).isEmpty();
    }
}
