// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.util.List;
import java.util.Map;

/** What the server does to the metadata that a client sends. */
final class Metadata {
    /** What the server alone decides after creation. */
    private static final List<String> KEPT =
            List.of("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation");

    private Metadata() {}

    /** Fills in namespace and name from the path. Refuses an object that says it belongs elsewhere. */
    static void place(Call call, Map<String, Object> metadata) {
        Resource resource = call.resource();
        Tree tree = Tree.of(metadata);
        String namespace = call.target().namespace();
        String said = tree.text("namespace", "");
        if (!resource.namespaced()) {
            if (!said.isEmpty()) {
                metadata.remove("namespace");
            }
        } else {
            if (namespace.isEmpty() && said.isEmpty()) {
                throw Refusal.badRequest("an empty namespace may not be set during creation");
            }
            if (!said.isEmpty() && !namespace.isEmpty() && !said.equals(namespace)) {
                throw Refusal.badRequest(
                        "the namespace of the provided object does not match the namespace sent on the request");
            }
            metadata.put("namespace", namespace.isEmpty() ? said : namespace);
        }
        String name = call.target().name();
        String own = tree.text("name", "");
        if (!name.isEmpty() && !own.isEmpty() && !own.equals(name)) {
            throw Refusal.badRequest(
                    "the name of the object (" + own + ") does not match the name on the URL (" + name + ")");
        }
        if (!name.isEmpty()) {
            metadata.put("name", name);
        }
    }

    /** Refuses an object that does not say its name: what replaces one, or is made by being applied, has to. */
    static void named(Call call, Map<String, Object> metadata) {
        if (Tree.of(metadata).text("name", "").isEmpty()) {
            throw Refusal.badRequest("the name of the object (" + call.target().name()
                    + " based on URL) was undeterminable: name must be provided");
        }
    }

    /** Refuses an object that says which one it is where there is none. */
    static void unborn(Call call, Map<String, Object> metadata) {
        String uid = Tree.of(metadata).text("uid", "");
        if (!uid.isEmpty()) {
            throw Refusal.conflict(
                    call.resource(),
                    call.target().name(),
                    Patcher.applies(call)
                            ? "uid mismatch: the provided object specified uid " + uid
                                    + ", and no existing object was found"
                            : otherUid(uid, ""));
        }
    }

    /** Takes away what a client cannot decide about a new object. */
    static void fresh(Map<String, Object> metadata) {
        KEPT.forEach(metadata::remove);
        metadata.remove("selfLink");
        metadata.remove("managedFields");
    }

    /** Carries over what cannot be changed. Refuses a change of identity. */
    static void keep(Resource resource, Map<String, Object> metadata, Tree old) {
        String uid = Tree.of(metadata).text("uid", "");
        String now = old.text("uid", "");
        if (!uid.isEmpty() && !uid.equals(now)) {
            throw Refusal.conflict(resource, old.text("name", ""), otherUid(uid, now));
        }
        for (String field : KEPT) {
            Object value = old.value(field);
            if (value == null) {
                metadata.remove(field);
            } else {
                metadata.put(field, value);
            }
        }
        metadata.remove("managedFields");
        metadata.remove("selfLink");
    }

    private static String otherUid(String wanted, String now) {
        return "Precondition failed: UID in precondition: " + wanted + ", UID in object meta: " + now;
    }

    /** Whether an object whose end was asked for has nothing left to wait for. */
    static boolean mayGo(Resource resource, Tree object) {
        Tree metadata = object.tree("metadata");
        return metadata.has("deletionTimestamp")
                && metadata.texts("finalizers").isEmpty()
                && metadata.whole("deletionGracePeriodSeconds", 0) == 0
                && !Namespaces.held(resource, object);
    }
}
