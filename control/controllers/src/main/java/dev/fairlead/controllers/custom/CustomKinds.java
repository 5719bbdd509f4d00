// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.custom;

import dev.fairlead.client.Resources;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.controllers.Observed;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomResources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The table of all kinds as the definitions make it: a value that is replaced whole. The objects of each established
 * definition are followed in its best version, by their metadata alone, as long as the definition is there.
 */
public final class CustomKinds implements Supplier<Kinds>, AutoCloseable {
    private final Observed seen;
    private final Kinds builtIn;
    private final Follower follower;
    private final Map<ObjectName, List<Resource>> defined = new TreeMap<>(Comparator.comparing(ObjectName::name));
    private final Map<ObjectName, Informer<ObjectMeta>> informers = new HashMap<>();
    /** As what the objects of a definition were followed last, also when it serves nothing any more. */
    private final Map<ObjectName, Resource> followed = new HashMap<>();

    private volatile Kinds kinds;
    private boolean closed;

    /** Who looks at the objects. */
    public interface Follower {
        /**
         * Here is an informer of a kind, not started yet.
         *
         * @param before whether the kind was followed before, by another informer that is closed now
         */
        void follow(Informer<ObjectMeta> informer, boolean before);

        /** The definition is gone, and with it all objects of the kind. */
        void ended(Resource kind);
    }

    /** What is remembered of a definition: what it serves; empty while its names are not accepted. */
    public record Definition(List<Resource> resources) {
        static Definition from(Tree definition) {
            boolean established = definition.tree("status").trees("conditions").stream()
                    .anyMatch(condition -> condition.text("type", "").equals("Established")
                            && condition.text("status", "").equals("True"));
            return new Definition(established ? CustomResources.of(definition) : List.of());
        }
    }

    /**
     * Follows the definitions.
     *
     * @param follower is told of each kind; the table has it then
     */
    public CustomKinds(Observed seen, Kinds builtIn, Follower follower) {
        this.seen = seen;
        this.builtIn = builtIn;
        this.follower = follower;
        this.kinds = builtIn;
        seen.follow(Resources.DEFINITIONS, Definition::from).handle((name, old, now, revision) -> changed(name, now));
    }

    @Override
    public Kinds get() {
        return kinds;
    }

    private synchronized void changed(ObjectName name, @Nullable Definition now) {
        List<Resource> resources = now == null ? List.of() : now.resources();
        if (closed) {
            return;
        }
        if (!resources.equals(defined.getOrDefault(name, List.of()))) {
            replace(name, resources);
        }
        Resource last = now == null ? followed.remove(name) : null;
        if (last != null) {
            follower.ended(last);
        }
    }

    private void replace(ObjectName name, List<Resource> resources) {
        Informer<ObjectMeta> before = informers.remove(name);
        if (before != null) {
            before.close();
        }
        defined.remove(name);
        if (!resources.isEmpty()) {
            defined.put(name, resources);
        }
        List<Resource> all = new ArrayList<>();
        defined.values().forEach(all::addAll);
        kinds = builtIn.with(all);
        if (!resources.isEmpty()) {
            Informer<ObjectMeta> informer = seen.watching(resources.getFirst(), ObjectMeta::from);
            follower.follow(informer, followed.put(name, informer.resource()) != null);
            informers.put(name, informer);
            informer.start();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        informers.values().forEach(Informer::close);
        informers.clear();
    }
}
