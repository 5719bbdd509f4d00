// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.protobuf.WireWriter;
import org.jspecify.annotations.Nullable;

/** What both versions of gnostic's messages write alike: values that are there, names beside values, extensions. */
final class Gnostic {
    private static final int NAME = 1;
    private static final int VALUE = 2;

    private Gnostic() {}

    /** An entry of a map. */
    static WireWriter named(String name, WireWriter value) {
        return new WireWriter().text(NAME, name).message(VALUE, value);
    }

    /** Values without a type of their own travel as YAML, and JSON is YAML. */
    static WireWriter any(@Nullable Object value) {
        return new WireWriter().bytes(2, Json.write(value));
    }

    static void extensions(Tree tree, int number, WireWriter out) {
        tree.fields().forEach((name, value) -> {
            if (name.startsWith("x-")) {
                out.message(number, named(name, any(value)));
            }
        });
    }

    static void text(Tree schema, String name, int number, WireWriter out) {
        if (schema.value(name) instanceof String text) {
            out.text(number, text);
        }
    }

    static void number(Tree schema, String name, int number, WireWriter out) {
        if (schema.value(name) instanceof Number value) {
            out.floating(number, value.doubleValue());
        }
    }

    static void whole(Tree schema, String name, int number, WireWriter out) {
        if (schema.value(name) instanceof Number value) {
            out.whole(number, value.longValue());
        }
    }

    static void truth(Tree schema, String name, int number, WireWriter out) {
        if (schema.value(name) instanceof Boolean value) {
            out.truth(number, value);
        }
    }
}
