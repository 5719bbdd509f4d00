// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.schema.ObjectType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind as the API serves it: how it is called, where its objects live in URLs and in the store.
 *
 * @param group the API group; empty for the core group
 * @param version {@code v1}, {@code v1alpha1}
 * @param kind {@code Service}
 * @param plural the name in URLs, {@code services}
 * @param singular {@code service}
 * @param shortNames what {@code kubectl get} takes too: {@code svc}
 * @param categories the sets it belongs to: {@code all}
 * @param namespaced whether its objects live in namespaces
 * @param verbs what can be done with the main resource, sorted
 * @param subresources {@code status}, {@code scale}, {@code log} …
 * @param storePrefix the store's key before namespace and name, with slashes around: {@code /registry/services/specs/}
 * @param custom what a CustomResourceDefinition says of the objects; null for built-in kinds, and for clients, who need
 *     not know
 */
public record Resource(
        String group,
        String version,
        String kind,
        String plural,
        String singular,
        List<String> shortNames,
        List<String> categories,
        boolean namespaced,
        List<String> verbs,
        List<String> subresources,
        String storePrefix,
        @Nullable CustomKind custom) {
    /** The fields of a custom kind; null for a built-in one. */
    public @Nullable ObjectType customType() {
        return custom == null ? null : custom.type();
    }

    /** The same kind, with what its definition says of its objects. */
    public Resource with(CustomKind definition) {
        return new Resource(
                group,
                version,
                kind,
                plural,
                singular,
                shortNames,
                categories,
                namespaced,
                verbs,
                subresources,
                storePrefix,
                definition);
    }

    /** What objects say under {@code apiVersion}: {@code v1}, {@code apps/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The kind of a list of these: {@code ServiceList}. */
    public String listKind() {
        return custom == null ? kind + "List" : custom.listKind();
    }

    /** The name with the group, as error messages print it: {@code services}, {@code deployments.apps}. */
    public String qualified() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /** Whether its objects are questions, answered where they are made and never stored. */
    public boolean isQuestion() {
        return verbs.equals(List.of("create"));
    }

    /** Whether {@code subresource} is served. */
    public boolean hasSubresource(String subresource) {
        return subresources.contains(subresource);
    }

    /** The path of everything of this group and version: {@code /api/v1}, {@code /apis/apps/v1}. */
    public String root() {
        return group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
    }

    /**
     * The URL path of an object, or of the list of all.
     *
     * @param namespace null or empty for all namespaces; ignored when the kind has none
     * @param name null for the list
     */
    public String path(@Nullable String namespace, @Nullable String name) {
        StringBuilder path = new StringBuilder(root());
        if (namespaced && namespace != null && !namespace.isEmpty()) {
            path.append("/namespaces/").append(namespace);
        }
        path.append('/').append(plural);
        return name == null ? path.toString() : path.append('/').append(name).toString();
    }

    /** The store's key of an object. A kind without namespaces ignores {@code namespace}. */
    public String key(@Nullable String namespace, String name) {
        return prefix(namespace) + name;
    }

    /** The prefix of the store's keys of all objects in {@code namespace}; null or empty: in all. Ends with a slash. */
    public String prefix(@Nullable String namespace) {
        return namespaced && namespace != null && !namespace.isEmpty() ? storePrefix + namespace + "/" : storePrefix;
    }

    @Override
    public String toString() {
        return qualified();
    }
}
