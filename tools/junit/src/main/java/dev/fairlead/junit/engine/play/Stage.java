// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.play;

import dev.fairlead.kernel.process.Exit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What can be done to one pod that is played. */
public final class Stage {
    private final Mood mood;
    private final Supplier<List<Performance>> performances;

    Stage(Mood mood, Supplier<List<Performance>> performances) {
        this.mood = mood;
        this.performances = performances;
    }

    /** Whether any of its containers is played now. */
    public boolean played() {
        return !performances.get().isEmpty();
    }

    /** It says that it is ready, or not. */
    public void willing(boolean yes) {
        mood.willing(yes);
        performances.get().forEach(Performance::moodChanged);
    }

    /** Its containers end now by signal 9. */
    public void kill() {
        performances.get().forEach(performance -> performance.end(new Exit.Signalled(9), true));
    }

    /** Its containers end of themselves; its sidecars do so when the pod does. */
    public void exit(int code) {
        performances.get().stream()
                .filter(performance -> !performance.role().container().sidecar())
                .forEach(performance -> performance.end(new Exit.Code(code), false));
    }

    /** Its answers come so much later. */
    public void slow(Duration delay) {
        mood.delay(delay);
    }

    /** Its connections are reset, open ones and new ones. */
    public void reset() {
        mood.connections(Mood.Connections.RESET);
        performances.get().forEach(Performance::reset);
    }

    /** Its new connections are accepted and never answered. */
    public void hang() {
        mood.connections(Mood.Connections.UNANSWERED);
    }

    /** Its connections are served again, at once. */
    public void heal() {
        mood.connections(Mood.Connections.SERVED);
        mood.delay(Duration.ZERO);
    }

    /** How many requests or connections it has answered. */
    public long served() {
        return mood.count();
    }

    /** A line in the log of its first container. */
    public void log(String line) {
        try {
            List<Performance> now = performances.get();
            if (!now.isEmpty()) {
                now.getFirst().log(line);
            }
        } catch (IOException lost) {
            throw new UncheckedIOException(lost);
        }
    }
}
