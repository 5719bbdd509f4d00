// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Revisions;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Takes objects that nobody manages, and lets objects go: patches of {@code ownerReferences} on a known version. */
public final class Ownership {
    private Ownership() {}

    /** A reference to the owner that manages an object. */
    public static OwnerReference controller(String apiVersion, String kind, ObjectMeta owner) {
        return new OwnerReference(apiVersion, kind, owner.name(), owner.uid(), true, true);
    }

    /**
     * Makes {@code owner} the manager of an object that has none; the revision written, 0 when the object changed meanwhile, or
     * the owner is about to be deleted or is another one by now. For that the API is asked: what informers know of the owner may be
     * older than what they know of its orphans, and an object that was left behind on purpose would be deleted with its owner.
     *
     * @param kind of the owner
     * @param namespace of both
     */
    public static long adopt(
            ApiClient client,
            Resource resource,
            ObjectMeta object,
            OwnerReference owner,
            Resource kind,
            String namespace)
            throws IOException, InterruptedException {
        if (!stays(client, owner, kind, namespace)) {
            return 0;
        }
        List<OwnerReference> owners = new ArrayList<>(object.ownerReferences());
        owners.add(owner);
        return set(client, resource, object, owners);
    }

    private static boolean stays(ApiClient client, OwnerReference owner, Resource kind, String namespace)
            throws IOException, InterruptedException {
        Tree live = client.find(kind, new ObjectName(namespace, owner.name()));
        if (live == null) {
            return false;
        }
        Tree meta = live.tree("metadata");
        return meta.text("uid", "").equals(owner.uid()) && !meta.has("deletionTimestamp");
    }

    /** Takes {@code uid} off an object's owners; the revision written, 0 when it changed meanwhile. */
    public static long release(ApiClient client, Resource resource, ObjectMeta object, String uid)
            throws IOException, InterruptedException {
        return set(
                client,
                resource,
                object,
                object.ownerReferences().stream()
                        .filter(owner -> !owner.uid().equals(uid))
                        .toList());
    }

    private static long set(ApiClient client, Resource resource, ObjectMeta object, List<OwnerReference> owners)
            throws IOException, InterruptedException {
        List<Object> trees = new ArrayList<>();
        owners.forEach(owner -> trees.add(owner.tree()));
        Patch patch = new Patch.Merge(Values.object(
                "metadata",
                Values.object(
                        "uid",
                        object.uid(),
                        "resourceVersion",
                        String.valueOf(object.resourceVersion()),
                        "ownerReferences",
                        trees)));
        try {
            return Revisions.of(client.patch(resource, object.objectName(), patch));
        } catch (ApiError error) {
            if (error.isConflict() || error.isNotFound()) {
                return 0;
            }
            throw error;
        }
    }
}
