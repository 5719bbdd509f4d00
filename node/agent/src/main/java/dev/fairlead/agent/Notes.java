// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.core.explain.NodeNotes;
import dev.fairlead.dataplane.Binding;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.Time;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks once a second whether this node's notes have changed, and says them if so. It costs nothing while nothing fails: the
 * endpoints are looked through only when an attempt has failed since, or some were failing.
 */
final class Notes implements AutoCloseable {
    private static final Duration PACE = Duration.ofSeconds(1);

    private final DataPlane plane;
    private final Supplier<NodeNotes> notes;
    private final Consumer<String> said;
    private final Time time;
    private NodeNotes last = NodeNotes.NONE;
    private List<Binding> bindings = List.of();
    private long failures;
    private boolean troubled = true;
    private boolean closed;
    private Time.Timer timer;

    /** @param said takes notes that differ from those before, as JSON */
    Notes(DataPlane plane, Supplier<NodeNotes> notes, Consumer<String> said, Time time) {
        this.plane = plane;
        this.notes = notes;
        this.said = said;
        this.time = time;
        this.timer = time.schedule(PACE, this::look);
    }

    /** What the data plane cannot carry has changed. */
    synchronized void changed() {
        troubled = true;
    }

    private synchronized void look() {
        long now = plane.failures();
        List<Binding> bound = plane.bindings();
        if (troubled
                || !bound.equals(bindings)
                || now != failures
                || !last.failed().isEmpty()) {
            troubled = false;
            bindings = bound;
            failures = now;
            NodeNotes current = notes.get();
            if (!current.equals(last)) {
                last = current;
                said.accept(new String(Json.write(current.tree()), StandardCharsets.UTF_8));
            }
        }
        if (!closed) {
            timer = time.schedule(PACE, this::look);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        timer.cancel();
    }
}
