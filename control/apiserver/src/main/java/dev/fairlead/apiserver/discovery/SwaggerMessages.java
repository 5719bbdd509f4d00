// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.protobuf.WireWriter;
import java.util.List;
import java.util.Map;

/**
 * A Swagger document as the protobuf messages of Google's gnostic ({@code openapi.v2}), in which kubectl asks for it.
 * Field numbers are those of gnostic's {@code OpenAPIv2.proto}; only what {@link SwaggerDocument} writes has a place here.
 */
final class SwaggerMessages {
    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "options", "head", "patch");

    private SwaggerMessages() {}

    static byte[] document(Map<String, Object> document) {
        Tree tree = new Tree(document);
        WireWriter out = new WireWriter().text(1, tree.text("swagger", ""));
        Tree info = tree.tree("info");
        out.message(2, new WireWriter().text(1, info.text("title", "")).text(2, info.text("version", "")));
        WireWriter paths = new WireWriter();
        tree.tree("paths").fields().forEach((path, item) -> paths.message(2, Gnostic.named(path, path(Tree.of(item)))));
        out.message(8, paths);
        return out.message(9, schemas(tree.tree("definitions"))).toBytes();
    }

    /** A map of schemas: definitions, properties. */
    private static WireWriter schemas(Tree schemas) {
        WireWriter out = new WireWriter();
        schemas.fields().forEach((name, schema) -> out.message(1, Gnostic.named(name, schema(Tree.of(schema)))));
        return out;
    }

    private static WireWriter path(Tree item) {
        WireWriter out = new WireWriter();
        for (int i = 0; i < METHODS.size(); i++) {
            if (item.has(METHODS.get(i))) {
                out.message(i + 2, operation(item.tree(METHODS.get(i))));
            }
        }
        item.trees("parameters").forEach(parameter -> out.message(9, parameter(parameter)));
        return out;
    }

    private static WireWriter operation(Tree operation) {
        WireWriter out =
                new WireWriter().text(3, operation.text("description", "")).text(5, operation.text("operationId", ""));
        operation.texts("produces").forEach(type -> out.text(6, type));
        operation.texts("consumes").forEach(type -> out.text(7, type));
        operation.trees("parameters").forEach(parameter -> out.message(8, parameter(parameter)));
        WireWriter responses = new WireWriter();
        operation.tree("responses").fields().forEach((code, value) -> {
            Tree response = Tree.of(value);
            WireWriter schema = new WireWriter().message(1, schema(response.tree("schema")));
            WireWriter message =
                    new WireWriter().text(1, response.text("description", "")).message(2, schema);
            responses.message(1, Gnostic.named(code, new WireWriter().message(1, message)));
        });
        out.message(9, responses);
        Gnostic.extensions(operation, 13, out);
        return out;
    }

    /** One of three sorts, each in a shell of its own. */
    private static WireWriter parameter(Tree parameter) {
        String in = parameter.text("in", "");
        boolean required = parameter.truth("required", false);
        WireWriter message = new WireWriter();
        if (in.equals("body")) {
            message.text(2, parameter.text("name", "")).text(3, in).truth(4, required);
            message.message(5, schema(parameter.tree("schema")));
            return new WireWriter().message(1, new WireWriter().message(1, message));
        }
        message.truth(1, required).text(2, in).text(4, parameter.text("name", ""));
        boolean query = in.equals("query");
        message.text(query ? 6 : 5, parameter.text("type", ""));
        WireWriter other = new WireWriter().message(query ? 3 : 4, message);
        return new WireWriter().message(1, new WireWriter().message(2, other));
    }

    private static WireWriter schema(Tree schema) {
        WireWriter out = new WireWriter();
        Gnostic.text(schema, "$ref", 1, out);
        Gnostic.text(schema, "format", 2, out);
        Gnostic.text(schema, "title", 3, out);
        Gnostic.text(schema, "description", 4, out);
        if (schema.value("default") != null) {
            out.message(5, Gnostic.any(schema.value("default")));
        }
        Gnostic.number(schema, "multipleOf", 6, out);
        Gnostic.number(schema, "maximum", 7, out);
        Gnostic.truth(schema, "exclusiveMaximum", 8, out);
        Gnostic.number(schema, "minimum", 9, out);
        Gnostic.truth(schema, "exclusiveMinimum", 10, out);
        Gnostic.whole(schema, "maxLength", 11, out);
        Gnostic.whole(schema, "minLength", 12, out);
        Gnostic.text(schema, "pattern", 13, out);
        Gnostic.whole(schema, "maxItems", 14, out);
        Gnostic.whole(schema, "minItems", 15, out);
        Gnostic.truth(schema, "uniqueItems", 16, out);
        Gnostic.whole(schema, "maxProperties", 17, out);
        Gnostic.whole(schema, "minProperties", 18, out);
        schema.texts("required").forEach(name -> out.text(19, name));
        if (schema.value("enum") instanceof List<?> values) {
            values.forEach(value -> out.message(20, Gnostic.any(value)));
        }
        if (schema.value("additionalProperties") instanceof Map<?, ?>) {
            out.message(21, new WireWriter().message(1, schema(schema.tree("additionalProperties"))));
        } else if (schema.value("additionalProperties") instanceof Boolean all) {
            out.message(21, new WireWriter().truth(2, all));
        }
        if (!schema.text("type", "").isEmpty()) {
            out.message(22, new WireWriter().text(1, schema.text("type", "")));
        }
        if (schema.value("items") instanceof Map<?, ?>) {
            out.message(23, new WireWriter().message(1, schema(schema.tree("items"))));
        }
        if (schema.value("properties") instanceof Map<?, ?>) {
            out.message(25, schemas(schema.tree("properties")));
        }
        Gnostic.extensions(schema, 31, out);
        return out;
    }
}
