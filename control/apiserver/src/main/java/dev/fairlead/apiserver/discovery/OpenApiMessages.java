// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.protobuf.WireWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document of OpenAPI v3 as the protobuf messages of Google's gnostic ({@code openapi.v3}), in which client-go may ask for it.
 * Field numbers are those of gnostic's {@code OpenAPIv3.proto}; only what {@link OpenApiDocument} writes has a place here. Where
 * a thing or a reference to one may stand, there is a message around with a field for each.
 */
final class OpenApiMessages {
    private OpenApiMessages() {}

    static byte[] document(Map<String, Object> document) {
        Tree tree = new Tree(document);
        Tree info = tree.tree("info");
        WireWriter paths = new WireWriter();
        tree.tree("paths").fields().forEach((path, item) -> paths.message(1, Gnostic.named(path, path(Tree.of(item)))));
        WireWriter schemas = schemas(tree.tree("components").tree("schemas"));
        return new WireWriter()
                .text(1, tree.text("openapi", ""))
                .message(2, new WireWriter().text(1, info.text("title", "")).text(6, info.text("version", "")))
                .message(4, paths)
                .message(5, new WireWriter().message(1, schemas))
                .toBytes();
    }

    private static WireWriter path(Tree item) {
        WireWriter out = new WireWriter();
        List<String> methods = List.of("get", "put", "post", "delete", "options", "head", "patch");
        for (int i = 0; i < methods.size(); i++) {
            if (item.has(methods.get(i))) {
                out.message(i + 4, operation(item.tree(methods.get(i))));
            }
        }
        return out;
    }

    private static WireWriter operation(Tree operation) {
        WireWriter out =
                new WireWriter().text(3, operation.text("description", "")).text(5, operation.text("operationId", ""));
        for (Tree parameter : operation.trees("parameters")) {
            WireWriter message = new WireWriter()
                    .text(1, parameter.text("name", ""))
                    .text(2, parameter.text("in", ""))
                    .message(10, schemaOrReference(parameter.tree("schema")));
            out.message(6, new WireWriter().message(1, message));
        }
        if (operation.has("requestBody")) {
            Tree body = operation.tree("requestBody");
            WireWriter message = new WireWriter().message(2, content(body));
            if (body.truth("required", false)) {
                message.truth(3, true);
            }
            out.message(7, new WireWriter().message(1, message));
        }
        WireWriter responses = new WireWriter();
        operation.tree("responses").fields().forEach((code, value) -> {
            Tree response = Tree.of(value);
            WireWriter message =
                    new WireWriter().text(1, response.text("description", "")).message(3, content(response));
            responses.message(2, Gnostic.named(code, new WireWriter().message(1, message)));
        });
        out.message(8, responses);
        Gnostic.extensions(operation, 13, out);
        return out;
    }

    /** The schemas of a body by media type. */
    private static WireWriter content(Tree body) {
        WireWriter out = new WireWriter();
        body.tree("content").fields().forEach((type, value) -> {
            WireWriter media =
                    new WireWriter().message(1, schemaOrReference(Tree.of(value).tree("schema")));
            out.message(1, Gnostic.named(type, media));
        });
        return out;
    }

    /** Schemas by name: of components, of properties. */
    private static WireWriter schemas(Tree schemas) {
        WireWriter out = new WireWriter();
        schemas.fields()
                .forEach((name, schema) -> out.message(1, Gnostic.named(name, schemaOrReference(Tree.of(schema)))));
        return out;
    }

    private static WireWriter schemaOrReference(Tree schema) {
        String reference = schema.text("$ref", "");
        return reference.isEmpty()
                ? new WireWriter().message(1, schema(schema))
                : new WireWriter().message(2, new WireWriter().text(1, reference));
    }

    private static WireWriter schema(Tree schema) {
        WireWriter out = new WireWriter();
        Gnostic.truth(schema, "nullable", 1, out);
        Gnostic.text(schema, "title", 9, out);
        Gnostic.number(schema, "multipleOf", 10, out);
        Gnostic.number(schema, "maximum", 11, out);
        Gnostic.truth(schema, "exclusiveMaximum", 12, out);
        Gnostic.number(schema, "minimum", 13, out);
        Gnostic.truth(schema, "exclusiveMinimum", 14, out);
        Gnostic.whole(schema, "maxLength", 15, out);
        Gnostic.whole(schema, "minLength", 16, out);
        Gnostic.text(schema, "pattern", 17, out);
        Gnostic.whole(schema, "maxItems", 18, out);
        Gnostic.whole(schema, "minItems", 19, out);
        Gnostic.truth(schema, "uniqueItems", 20, out);
        Gnostic.whole(schema, "maxProperties", 21, out);
        Gnostic.whole(schema, "minProperties", 22, out);
        schema.texts("required").forEach(name -> out.text(23, name));
        if (schema.value("enum") instanceof List<?> values) {
            values.forEach(value -> out.message(24, Gnostic.any(value)));
        }
        Gnostic.text(schema, "type", 25, out);
        all(schema, "allOf", 26, out);
        all(schema, "oneOf", 27, out);
        all(schema, "anyOf", 28, out);
        if (schema.has("not")) {
            out.message(29, schema(schema.tree("not")));
        }
        if (schema.value("items") instanceof Map<?, ?>) {
            out.message(30, new WireWriter().message(1, schemaOrReference(schema.tree("items"))));
        }
        if (schema.value("properties") instanceof Map<?, ?>) {
            out.message(31, schemas(schema.tree("properties")));
        }
        if (schema.value("additionalProperties") instanceof Map<?, ?>) {
            out.message(32, new WireWriter().message(1, schemaOrReference(schema.tree("additionalProperties"))));
        } else if (schema.value("additionalProperties") instanceof Boolean all) {
            out.message(32, new WireWriter().truth(2, all));
        }
        byDefault(schema.value("default"), out);
        Gnostic.text(schema, "description", 34, out);
        Gnostic.text(schema, "format", 35, out);
        Gnostic.extensions(schema, 36, out);
        return out;
    }

    private static void all(Tree schema, String name, int number, WireWriter out) {
        schema.trees(name).forEach(each -> out.message(number, schemaOrReference(each)));
    }

    /** Only these have a message; what else is there by default cannot be said. */
    private static void byDefault(@Nullable Object value, WireWriter out) {
        switch (value) {
            case Number number -> out.message(33, new WireWriter().floating(1, number.doubleValue()));
            case Boolean truth -> out.message(33, new WireWriter().truth(2, truth));
            case String text -> out.message(33, new WireWriter().text(3, text));
            case null, default -> {}
        }
    }
}
