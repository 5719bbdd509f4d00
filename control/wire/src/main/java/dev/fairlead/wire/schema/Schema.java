// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.schema;

import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.Resource;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What every kind's fields are.
 *
 * <pre>{@code
 * Schema schema = Schema.load();
 * ObjectType service = schema.require("v1", "Service");
 * List<Problem> problems = schema.check(service, tree);     // unknown field "spec.foo", wrong types
 * Map<String, Object> clean = schema.clean(service, tree);  // what a server keeps
 * }</pre>
 */
public final class Schema {
    private final Map<String, ObjectType> kinds;

    private Schema(Map<String, ObjectType> kinds) {
        this.kinds = kinds;
    }

    /** Reads the model, a few milliseconds; one per process is enough, it never changes. */
    public static Schema load() {
        try (InputStream in = open("model.bin")) {
            return new Schema(new SchemaFile(new DataInputStream(new BufferedInputStream(in, 1 << 15))).read());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** The fields of a kind, or null when the model does not have it. */
    public @Nullable ObjectType type(String apiVersion, String kind) {
        return kinds.get(apiVersion + " " + kind);
    }

    /** The fields of a kind that is in the model. */
    public ObjectType require(String apiVersion, String kind) {
        ObjectType type = type(apiVersion, kind);
        if (type == null) {
            throw new IllegalArgumentException("no kind " + kind + " in " + apiVersion);
        }
        return type;
    }

    /** The fields of a kind that is served. */
    public ObjectType require(Resource resource) {
        ObjectType custom = resource.customType();
        return custom != null ? custom : require(resource.apiVersion(), resource.kind());
    }

    /** The fields of {@code metadata}, the same in every kind. */
    public ValueType metadata() {
        return Objects.requireNonNull(require("v1", "Namespace").field("metadata"))
                .type();
    }

    /**
     * What is wrong with {@code tree} as an object of {@code type}, in the order of its fields: names nobody knows and
     * values of the wrong type. Says nothing about what is missing or out of range; that is validation.
     */
    public List<Problem> check(ObjectType type, Map<String, Object> tree) {
        return check(type, tree, FieldPath.ROOT);
    }

    /** The same for a part of an object; {@code at} is where in the object it is, and every problem's path begins there. */
    public List<Problem> check(ObjectType type, Map<String, Object> tree, FieldPath at) {
        return new Check().run(type, tree, at);
    }

    /**
     * A copy of {@code tree} as a server keeps it: unknown fields dropped; a {@link Field#zeroIsAbsent} field that is 0 or
     * false, an optional list or map without items dropped as Go's {@code omitempty} does; amounts as text; times in UTC
     * and the field's precision; type and metadata first, everything else in the order given. The tree must have the right types.
     */
    public Map<String, Object> clean(ObjectType type, Map<String, Object> tree) {
        return Clean.object(type, tree, true);
    }

    /**
     * What a field is for, in Kubernetes' words; null when nobody said. Reads the texts anew each time they are asked for:
     * see {@link #descriptions()}.
     *
     * @param type the model's name of the object, {@code ServiceSpec}
     */
    public @Nullable String description(String type, String field) {
        return descriptions().get(type + "." + field);
    }

    /** All descriptions by {@code Type.field}, read when called: a quarter of a megabyte that only explanations need. */
    public Map<String, String> descriptions() {
        Map<String, String> texts = new HashMap<>();
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(open("descriptions.txt"), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                int tab = line.indexOf('\t');
                texts.put(line.substring(0, tab), line.substring(tab + 1));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return texts;
    }

    private static InputStream open(String name) {
        InputStream in = Schema.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalStateException("the build left out " + name);
        }
        return in;
    }
}
