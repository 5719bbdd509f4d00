// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.repair;

import dev.fairlead.apiserver.request.Self;
import dev.fairlead.core.allocation.Finding;
import dev.fairlead.wire.time.Time;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Tells findings as events of {@code events.k8s.io}; the same again raises the first event's count. */
public final class Teller {
    private static final int REMEMBERED = 1000;

    private final Self self;
    private final Time time;
    private final AtomicLong number = new AtomicLong();
    private final Map<Told, Series> told = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Told, Series> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** Events are written through {@code self}. */
    public Teller(Self self, Time time) {
        this.self = self;
        this.time = time;
    }

    /**
     * What an event is about.
     *
     * @param namespace empty for objects without
     */
    public record About(String apiVersion, String kind, String namespace, String name, String uid) {
        private String home() {
            return namespace.isEmpty() ? "default" : namespace;
        }
    }

    private record Told(About about, String reason, String note) {}

    private record Series(String name, long count) {}

    /** Tells a finding of {@code reporter}. */
    public void warn(String reporter, About about, Finding finding) {
        warn(reporter, about, finding.fault().reason(), finding.fault().action(), finding.message());
    }

    /** Tells that something is not as it should be. */
    public synchronized void warn(String reporter, About about, String reason, String action, String note) {
        Told what = new Told(about, reason, note);
        String path = "/apis/events.k8s.io/v1/namespaces/" + about.home() + "/events";
        Series before = told.get(what);
        if (before != null) {
            Map<String, Object> series = Map.of("count", before.count + 1, "lastObservedTime", now());
            if (self.patch(path + "/" + before.name, Map.of("series", series)) == 200) {
                told.put(what, new Series(before.name, before.count + 1));
                return;
            }
        }
        String name = about.name.replace(':', '-') + "."
                + Long.toHexString(time.now().toEpochMilli() << 12 | number.incrementAndGet() & 0xFFF);
        if (self.create(path, event(reporter, what, action, name)) == 201) {
            told.put(what, new Series(name, 1));
        }
    }

    private Map<String, Object> event(String reporter, Told what, String action, String name) {
        Map<String, Object> regarding = new LinkedHashMap<>();
        regarding.put("apiVersion", what.about.apiVersion);
        regarding.put("kind", what.about.kind);
        put(regarding, "namespace", what.about.namespace);
        regarding.put("name", what.about.name);
        put(regarding, "uid", what.about.uid);
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("metadata", Map.of("name", name, "namespace", what.about.home()));
        event.put("eventTime", now());
        event.put("reportingController", reporter);
        event.put("reportingInstance", reporter);
        event.put("action", action);
        event.put("reason", what.reason);
        event.put("regarding", regarding);
        event.put("note", what.note);
        event.put("type", "Warning");
        return event;
    }

    private static void put(Map<String, Object> tree, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            tree.put(name, value);
        }
    }

    private String now() {
        return time.now().truncatedTo(ChronoUnit.MICROS).toString();
    }
}
