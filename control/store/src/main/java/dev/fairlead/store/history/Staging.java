// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import dev.fairlead.store.Entry;
import dev.fairlead.store.Event;
import dev.fairlead.store.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commits that are decided but not yet published. Each commit is judged by the published state with all staged
 * commits on top, so commits that share one disk write see each other in order. Used by one thread at a time.
 */
public final class Staging {
    private final History history;
    private final Map<String, Optional<Entry>> staged = new HashMap<>();
    private List<Commit> commits = new ArrayList<>();
    private long revision;

    /** Stages commits on top of what {@code history} has published. */
    public Staging(History history) {
        this.history = history;
    }

    /**
     * The writes as an unchanging list.
     *
     * @throws IllegalArgumentException if two of them would change the same key
     */
    public static List<Write> distinct(List<Write> writes) {
        List<Write> copy = List.copyOf(writes);
        if (copy.size() < 2) {
            return copy;
        }
        Set<String> changed = new HashSet<>();
        for (Write write : copy) {
            if (!(write instanceof Write.Check) && !changed.add(write.key())) {
                throw new IllegalArgumentException("a commit must not change a key twice: " + write.key());
            }
        }
        return copy;
    }

    /** Stages {@code writes} as one commit if every condition holds. They must be {@link #distinct}. */
    public Outcome stage(List<Write> writes) {
        if (commits.isEmpty()) {
            revision = history.revision();
        }
        for (int i = 0; i < writes.size(); i++) {
            Write write = writes.get(i);
            Entry current = current(write.key());
            if (!write.expect().holds(current)) {
                return new Outcome.Refused(i, write, current);
            }
        }
        List<Event> events = new ArrayList<>(writes.size());
        for (Write write : writes) {
            Event event = event(write, current(write.key()), revision + 1);
            if (event != null) {
                events.add(event);
            }
        }
        if (!events.isEmpty()) {
            accept(new Commit(++revision, List.copyOf(events)));
        }
        return new Outcome.Accepted(revision);
    }

    /**
     * All commits staged since the last call, in order; staging starts anew from the published state. So publish them
     * before the next {@link #stage}, or drop them, and they never were.
     */
    public List<Commit> take() {
        List<Commit> taken = commits;
        commits = new ArrayList<>();
        staged.clear();
        return taken;
    }

    private void accept(Commit commit) {
        commits.add(commit);
        for (Event event : commit.events()) {
            staged.put(event.key(), Optional.ofNullable(History.entryAfter(event)));
        }
    }

    private @Nullable Entry current(String key) {
        Optional<Entry> here = staged.get(key);
        return here != null ? here.orElse(null) : history.newest(key);
    }

    private static @Nullable Event event(Write write, @Nullable Entry current, long revision) {
        return switch (write) {
            case Write.Check _ -> null;
            case Write.Delete _ -> current == null ? null : new Event.Delete(revision, current);
            case Write.Put put -> {
                long created = current == null ? revision : current.createRevision();
                yield new Event.Put(new Entry(put.key(), put.value(), created, revision), current);
            }
        };
    }
}
