// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.manifest;

import dev.fairlead.cli.command.output.Objects;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The annotation that says what was applied last, so that the next time what is no longer wanted can be told from what
 * others set. Written to the byte as kubectl writes it: names sorted, {@code <}, {@code >} and {@code &} escaped, an
 * empty annotations object when there are none, a line end.
 */
final class LastApplied {
    static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

    private LastApplied() {}

    /** {@code object} with the annotation that says it was applied. */
    static Map<String, Object> marked(Map<String, Object> object) {
        Map<String, Object> annotations = annotations(object);
        annotations.remove(ANNOTATION);
        String text = text(with(object, annotations));
        annotations.put(ANNOTATION, text);
        return with(object, annotations);
    }

    /** What was applied to {@code live} last time; null when nobody applied it or what is noted cannot be read. */
    static @Nullable Map<String, Object> of(Tree live) {
        String text = live.tree("metadata").textMap("annotations").get(ANNOTATION);
        if (text == null) {
            return null;
        }
        try {
            return Json.object(text.getBytes(StandardCharsets.UTF_8));
        } catch (SyntaxException foreign) {
            return null;
        }
    }

    private static String text(Map<String, Object> object) {
        return new String(Json.write(Objects.sorted(object)), StandardCharsets.UTF_8)
                        .replace("<", "\\u003c")
                        .replace(">", "\\u003e")
                        .replace("&", "\\u0026")
                        .replace("\u2028", "\\u2028")
                        .replace("\u2029", "\\u2029")
                + "\n";
    }

    private static Map<String, Object> annotations(Map<String, Object> object) {
        return new LinkedHashMap<>(
                Tree.of(object.get("metadata")).tree("annotations").fields());
    }

    private static Map<String, Object> with(Map<String, Object> object, Map<String, Object> annotations) {
        Map<String, Object> metadata =
                new LinkedHashMap<>(Tree.of(object.get("metadata")).fields());
        metadata.put("annotations", annotations);
        Map<String, Object> marked = new LinkedHashMap<>(object);
        marked.put("metadata", metadata);
        return marked;
    }
}
