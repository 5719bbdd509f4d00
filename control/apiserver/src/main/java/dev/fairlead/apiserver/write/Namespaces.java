// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import java.util.List;
import java.util.Set;

/**
 * What the server itself knows about namespaces: objects are created only in one that is there and not ending, and one goes
 * only when what it holds is gone ({@code spec.finalizers}, emptied by the namespace controller).
 */
public final class Namespaces {
    private static final Set<String> KEPT = Set.of("default", "kube-system", "kube-public");

    private final Store store;
    private final Resource namespaces;

    /** @param namespaces the kind Namespace */
    public Namespaces(Store store, Resource namespaces) {
        this.store = store;
        this.namespaces = namespaces;
    }

    /** Whether {@code resource} is the kind Namespace. */
    static boolean are(Resource resource) {
        return resource.qualified().equals("namespaces");
    }

    /** The condition under which an object may be created in {@code namespace}. */
    List<Write> open(Resource resource, String namespace, String name) {
        if (!resource.namespaced()) {
            return List.of();
        }
        String key = namespaces.key("", namespace);
        Entry entry = store.get(key).orElseThrow(() -> Refusal.notFound(namespaces, namespace));
        Tree object = new Tree(Json.object(entry.value()));
        if (object.tree("metadata").has("deletionTimestamp")) {
            throw Refusal.forbidden(
                            resource,
                            name,
                            "unable to create new content in namespace " + namespace
                                    + " because it is being terminated")
                    .because(
                            "NamespaceTerminating",
                            "namespace " + namespace + " is being terminated",
                            "metadata.namespace");
        }
        return List.of(Write.check(key, Expect.revision(entry.modRevision())));
    }

    /** Refuses the end of a namespace that no cluster can do without. */
    static void endable(Resource resource, String name) {
        if (are(resource) && KEPT.contains(name)) {
            throw Refusal.forbidden(resource, name, "this namespace may not be deleted");
        }
    }

    /** Whether somebody still has to empty the namespace. */
    static boolean held(Resource resource, Tree object) {
        return are(resource) && !object.tree("spec").texts("finalizers").isEmpty();
    }
}
