// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.status;

import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a container is in its life. */
public sealed interface ContainerState {
    /** It does not run, and why. */
    record Waiting(String reason, String message) implements ContainerState {}

    /** Its process runs. */
    record Running(Instant startedAt) implements ContainerState {}

    /**
     * Its process has ended.
     *
     * @param exitCode 0 to 255; 128 + n when signal n ended it
     * @param reason {@code Completed}, {@code Error}, {@code StartError}, {@code ContainerStatusUnknown}
     */
    record Terminated(
            int exitCode,
            String reason,
            String message,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            String containerId)
            implements ContainerState {
        /** Whether it ended with code 0. */
        public boolean succeeded() {
            return exitCode == 0;
        }
    }

    /** The state as Kubernetes writes it. */
    default Map<String, Object> tree() {
        return switch (this) {
            case Waiting(String reason, String message) ->
                Fields.of(
                                "waiting",
                                Fields.of("reason", reason)
                                        .withText("message", message)
                                        .tree())
                        .tree();
            case Running(Instant startedAt) ->
                Fields.of("running", Fields.of("startedAt", time(startedAt)).tree())
                        .tree();
            case Terminated ended ->
                Fields.of(
                                "terminated",
                                Fields.of("exitCode", Long.valueOf(ended.exitCode))
                                        .with("reason", ended.reason)
                                        .withText("message", ended.message)
                                        .with("startedAt", ended.startedAt == null ? null : time(ended.startedAt))
                                        .with("finishedAt", ended.finishedAt == null ? null : time(ended.finishedAt))
                                        .withText("containerID", ended.containerId)
                                        .tree())
                        .tree();
        };
    }

    /** Reads what {@link #tree} wrote; null when there is no state in it. */
    static @Nullable ContainerState from(Tree state) {
        if (state.has("waiting")) {
            Tree waiting = state.tree("waiting");
            return new Waiting(waiting.text("reason", ""), waiting.text("message", ""));
        }
        if (state.has("running")) {
            Instant since = instant(state.tree("running").text("startedAt"));
            return new Running(since == null ? Instant.EPOCH : since);
        }
        if (!state.has("terminated")) {
            return null;
        }
        Tree ended = state.tree("terminated");
        return new Terminated(
                (int) ended.whole("exitCode", 0),
                ended.text("reason", ""),
                ended.text("message", ""),
                instant(ended.text("startedAt")),
                instant(ended.text("finishedAt")),
                ended.text("containerID", ""));
    }

    /** A time as Kubernetes writes it: to the second. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** A time as Kubernetes writes it; null when absent or not readable. */
    static @Nullable Instant instant(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException notATime) {
            return null;
        }
    }
}
