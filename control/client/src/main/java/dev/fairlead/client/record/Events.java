// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.record;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tells users what happened to an object, as core/v1 Events. Telling never blocks and never fails its caller: events are
 * written by a thread of this recorder's own, and dropped when the API refuses them or too many wait. The same event
 * again (object, type, reason and message) within ten minutes raises the count of the first.
 */
public final class Events implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Events.class.getName());
    private static final int WAITING = 1_000;
    private static final int REMEMBERED = 2_000;
    private static final Duration SAME = Duration.ofMinutes(10);

    /** How an event is to be taken. */
    public enum Type {
        NORMAL("Normal"),
        WARNING("Warning");

        private final String word;

        Type(String word) {
            this.word = word;
        }
    }

    /** What an event is about. */
    public record About(String apiVersion, String kind, String namespace, String name, String uid) {
        /** An object. */
        public static About of(String apiVersion, String kind, ObjectMeta meta) {
            return new About(apiVersion, kind, meta.namespace(), meta.name(), meta.uid());
        }

        /** An Event lives where its object does; those of cluster-wide objects in {@code default}. */
        private String home() {
            return namespace.isEmpty() ? "default" : namespace;
        }
    }

    private record Happening(About about, Type type, String reason, String message) {}

    private record Written(String name, long count, long at) {}

    private final ApiClient client;
    private final Time time;
    private final String component;
    private final String host;
    private final LinkedBlockingQueue<Happening> queue = new LinkedBlockingQueue<>(WAITING);
    private final AtomicLong number = new AtomicLong();
    private final Thread thread;
    private final Map<Happening, Written> written = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Happening, Written> eldest) {
            return size() > REMEMBERED;
        }
    };

    /**
     * A recorder; its thread starts with it.
     *
     * @param component who tells, such as {@code endpoint-slice-controller}
     * @param host the node it tells from; empty for none
     */
    public Events(ApiClient client, Time time, String component, String host) {
        this.client = client;
        this.time = time;
        this.component = component;
        this.host = host;
        this.thread = Thread.ofVirtual().name("events-" + component).start(this::run);
    }

    /** Tells that something went as it should. */
    public void normal(About about, String reason, String message) {
        tell(new Happening(about, Type.NORMAL, reason, message));
    }

    /** Tells that something went wrong. */
    public void warning(About about, String reason, String message) {
        tell(new Happening(about, Type.WARNING, reason, message));
    }

    private void tell(Happening happening) {
        if (!queue.offer(happening)) {
            LOG.log(Level.DEBUG, () -> "too many events wait; dropped: " + happening);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Happening happening = queue.take();
                try {
                    write(happening);
                } catch (IOException refused) {
                    LOG.log(Level.DEBUG, () -> "an event was not written: " + refused.getMessage());
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Happening happening) throws IOException, InterruptedException {
        Written before = written.get(happening);
        if (before != null && time.nanos() - before.at < SAME.toNanos() && again(happening, before)) {
            return;
        }
        long now = time.nanos();
        String name = happening.about.name + "."
                + Long.toHexString(time.now().toEpochMilli() << 12 | number.incrementAndGet() & 0xFFF);
        client.create(Resources.EVENTS, tree(happening, name));
        written.put(happening, new Written(name, 1, now));
    }

    /** Raises the count; false when the first event is no longer there. */
    private boolean again(Happening happening, Written before) throws IOException, InterruptedException {
        long count = before.count + 1;
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("count", count);
        change.put("lastTimestamp", now());
        try {
            ObjectName name = new ObjectName(happening.about.home(), before.name);
            client.patch(Resources.EVENTS, name, new Patch.Merge(change));
        } catch (ApiError error) {
            if (error.isNotFound()) {
                return false;
            }
            throw error;
        }
        written.put(happening, new Written(before.name, count, time.nanos()));
        return true;
    }

    private Map<String, Object> tree(Happening happening, String name) {
        About about = happening.about;
        Map<String, Object> involved = new LinkedHashMap<>();
        involved.put("apiVersion", about.apiVersion);
        involved.put("kind", about.kind);
        put(involved, "namespace", about.namespace);
        involved.put("name", about.name);
        put(involved, "uid", about.uid);
        Map<String, Object> source = new LinkedHashMap<>();
        source.put("component", component);
        put(source, "host", host);
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("apiVersion", "v1");
        event.put("kind", "Event");
        event.put("metadata", new LinkedHashMap<>(Map.of("namespace", about.home(), "name", name)));
        event.put("involvedObject", involved);
        event.put("reason", happening.reason);
        event.put("message", happening.message);
        event.put("source", source);
        event.put("firstTimestamp", now());
        event.put("lastTimestamp", now());
        event.put("count", 1L);
        event.put("type", happening.type.word);
        event.put("reportingComponent", component);
        put(event, "reportingInstance", host);
        return event;
    }

    private static void put(Map<String, Object> tree, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            tree.put(name, value);
        }
    }

    private String now() {
        return time.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
