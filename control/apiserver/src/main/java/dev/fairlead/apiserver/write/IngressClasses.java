// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import java.util.Comparator;
import java.util.Map;

/** Gives new Ingresses that ask for no class the default one, when there is one (the admission plugin DefaultIngressClass). */
public final class IngressClasses {
    private static final String DEFAULT = "ingressclass.kubernetes.io/is-default-class";
    private static final String LEGACY = "kubernetes.io/ingress.class";
    private static final Comparator<Tree> BY_AGE =
            Comparator.comparing(each -> each.tree("metadata").text("creationTimestamp", ""));
    private static final Comparator<Tree> BY_NAME =
            Comparator.comparing(each -> each.tree("metadata").text("name", ""));

    private final Store store;
    private final Resource classes;

    /** @param classes the kind IngressClass */
    public IngressClasses(Store store, Resource classes) {
        this.store = store;
        this.classes = classes;
    }

    /** The new object, with a class if it is an Ingress without; of several default classes the newest. */
    Map<String, Object> classed(Resource resource, Map<String, Object> object) {
        Tree ingress = new Tree(object);
        if (!resource.qualified().equals("ingresses.networking.k8s.io")
                || ingress.tree("spec").has("ingressClassName")
                || ingress.tree("metadata").textMap("annotations").containsKey(LEGACY)) {
            return object;
        }
        Draft draft = Draft.copyOf(object);
        store.prefix(classes.prefix(""), 0, 0).entries().stream()
                .map(entry -> new Tree(Json.object(entry.value())))
                .filter(each -> "true"
                        .equals(each.tree("metadata").textMap("annotations").get(DEFAULT)))
                .min(BY_AGE.reversed().thenComparing(BY_NAME))
                .ifPresent(chosen -> draft.child("spec")
                        .set("ingressClassName", chosen.tree("metadata").text("name", "")));
        return draft.tree();
    }
}
