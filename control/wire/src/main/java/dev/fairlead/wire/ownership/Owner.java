// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.ownership;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An owner of fields: one entry of {@code metadata.managedFields}.
 *
 * @param who who it is
 * @param time when its set changed last, RFC 3339; empty if nobody said
 * @param fields what it owns
 */
public record Owner(Who who, String time, FieldSet fields) {
    private static final String FIELDS_V1 = "FieldsV1";

    /** How an owner came to its fields. */
    public enum Operation {
        /** By server-side apply: it says all it wants, and what it stops saying goes. */
        Apply,
        /** By anything else. */
        Update
    }

    /**
     * What makes an owner the same.
     *
     * @param manager the name it gave itself
     * @param apiVersion of the object as it wrote it
     * @param subresource through which it writes; empty for the object itself
     */
    public record Who(String manager, Operation operation, String apiVersion, String subresource) {
        /** As conflicts tell it. */
        String text() {
            String said = "\"" + manager + "\"";
            if (!subresource.isEmpty()) {
                said += " with subresource \"" + subresource + "\"";
            }
            return operation == Operation.Apply ? said : said + " using " + apiVersion;
        }
    }

    Owner with(FieldSet changed) {
        return new Owner(who, time, changed);
    }

    /** Null when the entry is not one of ours to understand. */
    static @Nullable Owner read(Map<?, ?> entry) {
        if (!(entry.get("fieldsV1") instanceof Map<?, ?> fields) || !FIELDS_V1.equals(entry.get("fieldsType"))) {
            return null;
        }
        Operation operation;
        switch (text(entry, "operation")) {
            case "Apply" -> operation = Operation.Apply;
            case "Update" -> operation = Operation.Update;
            default -> {
                return null;
            }
        }
        Who who = new Who(text(entry, "manager"), operation, text(entry, "apiVersion"), text(entry, "subresource"));
        try {
            return new Owner(who, text(entry, "time"), FieldSet.readRoot(fields));
        } catch (IllegalArgumentException broken) {
            return null;
        }
    }

    private static String text(Map<?, ?> entry, String field) {
        return entry.get(field) instanceof String text ? text : "";
    }

    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("manager", who.manager);
        tree.put("operation", who.operation.name());
        tree.put("apiVersion", who.apiVersion);
        if (!time.isEmpty()) {
            tree.put("time", time);
        }
        tree.put("fieldsType", FIELDS_V1);
        tree.put("fieldsV1", fields.tree());
        if (!who.subresource.isEmpty()) {
            tree.put("subresource", who.subresource);
        }
        return tree;
    }
}
