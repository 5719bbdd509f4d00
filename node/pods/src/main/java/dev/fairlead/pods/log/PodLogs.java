// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.log;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers {@code GET …/pods/<name>/log}: plain text as it was written, or a Status that says why there is none. */
public final class PodLogs {
    /**
     * What is known of a pod's containers.
     *
     * @param containers in the pod's order, init containers first
     * @param ordinary how many containers are no init containers; with one, no name need be given
     */
    public record Source(String uid, List<Container> containers, int ordinary) {}

    /**
     * One container.
     *
     * @param attempt the number of its current or last process; negative before the first
     * @param previous the number of the one meant by {@code previous}; negative when there is none
     * @param waiting why it does not run, when it never did
     */
    public record Container(String name, int attempt, int previous, String waiting) {}

    private final Logs logs;
    private final Function<ObjectName, @Nullable Source> pods;
    private final Time time;

    /** Logs of those pods that {@code pods} knows. */
    public PodLogs(Logs logs, Function<ObjectName, @Nullable Source> pods, Time time) {
        this.logs = logs;
        this.pods = pods;
        this.time = time;
    }

    /** The log that a request's parameters ask for; a Status when one of them is wrong. */
    public Reply read(ObjectName pod, String container, Map<String, String> parameters) {
        LogOptions options;
        try {
            options = LogOptions.of(container, parameters, time.now());
        } catch (IllegalArgumentException wrong) {
            return refused(400, "BadRequest", String.valueOf(wrong.getMessage()));
        }
        return read(pod, options);
    }

    /** The log asked for; a stream that ends with the log, or with the process when followed. */
    public Reply read(ObjectName pod, LogOptions options) {
        Source source = pods.apply(pod);
        if (source == null) {
            return refused(404, "NotFound", "pod \"" + pod.name() + "\" does not run on this node");
        }
        if (options.container().isEmpty() && source.ordinary != 1) {
            return refused(
                    400,
                    "BadRequest",
                    "a container name must be specified for pod " + pod.name() + ", choose one of: "
                            + source.containers.stream().map(Container::name).toList());
        }
        Container container = options.container().isEmpty()
                ? source.containers.getLast()
                : source.containers.stream()
                        .filter(one -> one.name.equals(options.container()))
                        .findFirst()
                        .orElse(null);
        if (container == null) {
            return refused(
                    400, "BadRequest", "container " + options.container() + " is not valid for pod " + pod.name());
        }
        int attempt = options.previous() ? container.previous : container.attempt;
        LogFile log = attempt < 0 ? null : logs.find(pod, source.uid, container.name, attempt);
        if (log == null && options.previous()) {
            return refused(
                    400,
                    "BadRequest",
                    "previous terminated container \"" + container.name + "\" in pod \"" + pod.name() + "\" not found");
        }
        if (log == null) {
            return refused(
                    400,
                    "BadRequest",
                    "container \"" + container.name + "\" in pod \"" + pod.name() + "\" is waiting to start: "
                            + container.waiting);
        }
        return stream(log, options);
    }

    private Reply stream(LogFile log, LogOptions options) {
        FileChannel current = null;
        try {
            current = log.open();
            long from = options.tailLines() < 0 ? log.first() : log.tail(options.tailLines(), current);
            if (options.since() != null) {
                from = Math.max(from, log.placeAt(options.since()));
            }
            return new Reply.Streamed(
                    200, Map.of("content-type", "text/plain"), new LogStream(log, current, from, options, time));
        } catch (IOException unreadable) {
            LogStream.close(current);
            return refused(500, "InternalError", "cannot read the log: " + unreadable.getMessage());
        }
    }

    private static Reply refused(int code, String reason, String message) {
        Map<String, Object> status = new java.util.LinkedHashMap<>();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("metadata", Map.of());
        status.put("status", "Failure");
        status.put("message", message);
        status.put("reason", reason);
        status.put("code", Long.valueOf(code));
        byte[] body = Json.write(status);
        return new Reply.Whole(code, Map.of("content-type", "application/json"), body);
    }
}
