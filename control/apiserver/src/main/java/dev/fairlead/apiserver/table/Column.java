// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One column of a table.
 *
 * @param type {@code string}, {@code integer} …, as in OpenAPI
 * @param format {@code name} for the name of an object; mostly empty
 * @param priority 0 is always shown, 1 only with {@code -o wide}
 */
public record Column(String name, String type, String format, String description, int priority) {
    /** A column of text that is always shown. */
    static Column text(String name, String description) {
        return new Column(name, "string", "", description, 0);
    }

    /** A column of text for {@code -o wide}. */
    static Column wide(String name, String description) {
        return new Column(name, "string", "", description, 1);
    }

    /** A column of numbers that is always shown. */
    static Column number(String name, String description) {
        return new Column(name, "integer", "", description, 0);
    }

    /** The object's name. */
    static Column called() {
        return new Column("Name", "string", "name", "The name, unique among its kind and namespace.", 0);
    }

    /** The object's age. */
    static Column age() {
        return text("Age", "How long ago the object was created.");
    }

    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", name);
        tree.put("type", type);
        tree.put("format", format);
        tree.put("description", description);
        tree.put("priority", (long) priority);
        return tree;
    }
}
