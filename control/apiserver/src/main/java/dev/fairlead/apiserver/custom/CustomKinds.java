// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.custom;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ClosedException;
import dev.fairlead.store.CompactedException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Range;
import dev.fairlead.store.Store;
import dev.fairlead.store.Watch;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomResources;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.schema.Schema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The table of all kinds, as the definitions in the store make it. It is a value, replaced whole when a definition changes:
 * at once for who wrote it through this server, within moments for writes through others, and in any case before a server
 * says that it does not know a kind.
 */
public final class CustomKinds implements Supplier<Kinds>, AutoCloseable {
    private static final String GROUP = "apiextensions.k8s.io";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Store store;
    private final Schema model;
    private final Kinds builtIn;
    private final Resource definitions;
    private volatile State state;
    /** The revision at which the definitions were read last; -1 before. */
    private long looked = -1;

    private volatile boolean closed;
    private @Nullable Thread follower;

    /**
     * A definition as it was last read.
     *
     * @param entry where it lies
     * @param verdict whether it has its names
     * @param resources what it asks to be served
     */
    record Known(Entry entry, Tree definition, AcceptedNames.Verdict verdict, List<Resource> resources) {
        String name() {
            return definition.tree("metadata").text("name", "");
        }
    }

    private record State(Kinds kinds, Map<String, Known> known, long revision) {}

    /** Follows the definitions in {@code store}; the table is complete at once. */
    public CustomKinds(Store store, Schema model, Kinds builtIn) {
        this.store = store;
        this.model = model;
        this.builtIn = builtIn;
        this.definitions = builtIn.require(GROUP + "/v1", "CustomResourceDefinition");
        this.state = new State(builtIn, Map.of(), 0);
        refresh();
    }

    /** Whether this is the kind whose objects define others. */
    public static boolean areDefinedBy(Resource resource) {
        return resource.group().equals(GROUP) && resource.custom() == null;
    }

    /** All kinds there are now. */
    @Override
    public Kinds get() {
        return state.kinds();
    }

    /** What was read last, by name. */
    List<Known> known() {
        return List.copyOf(state.known().values());
    }

    Resource definitions() {
        return definitions;
    }

    /**
     * The kind whose objects lie in the store under the name of a definition, whether they are served or not; null when
     * they are a built-in kind's.
     */
    @Nullable
    Resource stored(Known known) {
        Resource stored = CustomResources.stored(known.definition(), model);
        String prefix = stored.prefix("");
        boolean others = builtIn.all().stream()
                .map(each -> each.prefix(""))
                .anyMatch(each -> each.startsWith(prefix) || prefix.startsWith(each));
        return others ? null : stored;
    }

    /** Reads the definitions anew; whether that changed anything. */
    public synchronized boolean refresh() {
        if (store.revision() == looked) {
            return false; // who asks for paths that mean nothing does not have everything read each time
        }
        Range range = store.prefix(definitions.prefix(""), 0, 0);
        Map<String, Known> before = state.known();
        looked = range.revision();
        boolean same = range.entries().size() == before.size()
                && range.entries().stream().allMatch(entry -> isKnown(before.get(entry.key()), entry));
        if (!same) {
            state = read(range, before);
        }
        return !same;
    }

    private static boolean isKnown(@Nullable Known known, Entry entry) {
        return known != null && known.entry().modRevision() == entry.modRevision();
    }

    private State read(Range range, Map<String, Known> before) {
        AcceptedNames names = new AcceptedNames(builtIn);
        Map<String, Known> judged = new HashMap<>();
        range.entries().stream()
                .sorted(Comparator.comparingLong(Entry::createRevision).thenComparing(Entry::key))
                .forEach(entry -> judged.put(entry.key(), judge(entry, before.get(entry.key()), names)));
        Map<String, Known> known = new LinkedHashMap<>();
        List<Resource> served = new ArrayList<>();
        for (Entry entry : range.entries()) {
            Known each = Objects.requireNonNull(judged.get(entry.key()));
            known.put(entry.key(), each);
            if (each.verdict().accepted()) {
                served.addAll(each.resources());
            }
        }
        return new State(builtIn.with(served), known, range.revision());
    }

    private Known judge(Entry entry, @Nullable Known before, AcceptedNames names) {
        if (before != null && isKnown(before, entry)) {
            return new Known(entry, before.definition(), names.take(before.definition()), before.resources());
        }
        Tree definition = new Tree(Json.object(entry.value()));
        // The very same resources while the same is asked for: whoever holds one can tell whether it is still served.
        List<Resource> resources = before != null && asksTheSame(before.definition(), definition)
                ? before.resources()
                : CustomResources.detailed(definition, model);
        return new Known(entry, definition, names.take(definition), resources);
    }

    private static boolean asksTheSame(Tree before, Tree now) {
        String ending = "deletionTimestamp";
        return Objects.equals(before.value("spec"), now.value("spec"))
                && before.tree("metadata").has(ending) == now.tree("metadata").has(ending);
    }

    /** Goes on following; {@code news} is run after every change. */
    public synchronized void start(Runnable news) {
        follower = Thread.ofVirtual().name("custom-kinds").start(() -> follow(news));
    }

    private void follow(Runnable news) {
        try {
            while (!closed) {
                try (Watch watch = store.watch(definitions.prefix(""), state.revision())) {
                    refresh();
                    news.run();
                    follow(watch, news);
                } catch (CompactedException forgotten) {
                    synchronized (this) {
                        state = read(store.prefix(definitions.prefix(""), 0, 0), state.known());
                    }
                }
            }
        } catch (ClosedException | InterruptedException over) {
            // the store or this is closed
        }
    }

    private void follow(Watch watch, Runnable news) throws InterruptedException {
        while (!closed) {
            if (!watch.next(PATIENCE).isEmpty()) {
                refresh();
                news.run();
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (follower != null) {
            follower.interrupt();
        }
    }
}
