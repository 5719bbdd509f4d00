// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.rbac;

import dev.fairlead.apiserver.access.Rule;
import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ClosedException;
import dev.fairlead.store.CompactedException;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Range;
import dev.fairlead.store.Store;
import dev.fairlead.store.Watch;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes into ClusterRoles that gather others' rules what they have gathered, for people and programs that look at them. The
 * policy itself does not wait for this.
 */
public final class Aggregation implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Store store;
    private final StoredPolicy policy;
    private final Resource kind;
    private volatile @Nullable Watch watch;
    private volatile boolean closed;

    /** Follows {@code kind}, the ClusterRoles of {@code store}. */
    public Aggregation(Store store, StoredPolicy policy, Resource kind) {
        this.store = store;
        this.policy = policy;
        this.kind = kind;
    }

    /** Writes what is gathered now, and from now on after each change. */
    public void start() {
        long revision = write();
        Thread.ofVirtual().name("role-aggregation").start(() -> follow(revision));
    }

    private void follow(long start) {
        long revision = start;
        try {
            while (!closed) {
                try (Watch open = store.watch(kind.storePrefix(), revision)) {
                    watch = open;
                    while (!closed) {
                        if (!open.next(LONG).isEmpty()) {
                            write();
                        }
                    }
                } catch (CompactedException slept) {
                    revision = write();
                }
            }
        } catch (ClosedException over) {
            // the server or the store has ended
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /** The revision that was looked at. */
    private long write() {
        Range range = store.prefix(kind.storePrefix(), 0, 0);
        for (Entry entry : range.entries()) {
            Map<String, Object> role = AtRest.tree(kind, entry);
            Tree tree = new Tree(role);
            if (!tree.has("aggregationRule")) {
                continue;
            }
            String name = tree.tree("metadata").text("name", "");
            List<Rule> gathered = policy.rulesOf(new ObjectName("", name));
            if (gathered != null && !gathered.equals(Rule.all(tree))) {
                List<Object> rules = new ArrayList<>();
                gathered.forEach(rule -> rules.add(rule.tree()));
                role.put("rules", rules);
                try {
                    store.commit(List.of(
                            Write.put(entry.key(), AtRest.bytes(kind, role), Expect.revision(entry.modRevision()))));
                } catch (ConflictException changed) {
                    // the change that came in between is the next to be looked at
                }
            }
        }
        return range.revision();
    }

    @Override
    public void close() {
        closed = true;
        Watch open = watch;
        if (open != null) {
            open.close();
        }
    }
}
