// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.definition;

import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One entry of a container's {@code envFrom} or {@code env}, in the order in which they take effect. */
public sealed interface EnvironmentEntry {
    /** A value as written; {@code $(NAME)} in it stands for variables set before. */
    record Literal(String name, String value) implements EnvironmentEntry {}

    /** A field of the pod itself: {@code status.podIP}, {@code metadata.labels['app']} … */
    record Field(String name, String path) implements EnvironmentEntry {}

    /** One key of a ConfigMap or Secret. */
    record Key(String name, boolean secret, String object, String key, boolean optional) implements EnvironmentEntry {}

    /** All keys of a ConfigMap or Secret. */
    record All(String prefix, boolean secret, String object, boolean optional) implements EnvironmentEntry {}

    /** How much the container may use or asks for. */
    record Resource(String name, ResourceField field) implements EnvironmentEntry {}

    /** A source that nothing here can give, such as {@code fileKeyRef}. */
    record Unsupported(String name, String source) implements EnvironmentEntry {}

    /** Reads {@code envFrom}, then {@code env}. */
    static List<EnvironmentEntry> list(Tree container) {
        List<EnvironmentEntry> entries = new ArrayList<>();
        for (Tree from : container.trees("envFrom")) {
            boolean secret = from.has("secretRef");
            Tree reference = from.tree(secret ? "secretRef" : "configMapRef");
            entries.add(new All(
                    from.text("prefix", ""), secret, reference.text("name", ""), reference.truth("optional", false)));
        }
        container.trees("env").forEach(variable -> entries.add(one(variable)));
        return List.copyOf(entries);
    }

    private static EnvironmentEntry one(Tree variable) {
        String name = variable.text("name", "");
        Tree from = variable.tree("valueFrom");
        if (from.has("fieldRef")) {
            return new Field(name, from.tree("fieldRef").text("fieldPath", ""));
        }
        if (from.has("resourceFieldRef")) {
            return new Resource(name, ResourceField.from(from.tree("resourceFieldRef")));
        }
        EnvironmentEntry key = key(name, from, "configMapKeyRef", false);
        if (key == null) {
            key = key(name, from, "secretKeyRef", true);
        }
        if (key != null) {
            return key;
        }
        if (!from.fields().isEmpty()) {
            return new Unsupported(name, from.fields().keySet().iterator().next());
        }
        return new Literal(name, variable.text("value", ""));
    }

    private static @Nullable EnvironmentEntry key(String name, Tree from, String field, boolean secret) {
        if (!from.has(field)) {
            return null;
        }
        Tree reference = from.tree(field);
        return new Key(
                name,
                secret,
                reference.text("name", ""),
                reference.text("key", ""),
                reference.truth("optional", false));
    }
}
