// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Null;
import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.custom.CustomKind.PrinterColumn;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of custom kinds: name, then the columns that the definition asks for, or the age. */
final class CustomTable {
    private CustomTable() {}

    static Table of(CustomKind kind) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.called());
        if (kind.columns().isEmpty()) {
            columns.add(new Column("Age", "date", "", "How long ago the object was created.", 0));
            return new Table(columns, (object, now) -> List.of(Tables.name(object), Age.of(object, now)));
        }
        for (PrinterColumn each : kind.columns()) {
            columns.add(new Column(each.name(), each.type(), each.format(), each.description(), each.priority()));
        }
        return new Table(columns, (object, now) -> cells(kind, object, now));
    }

    private static List<Object> cells(CustomKind kind, Tree object, Instant now) {
        List<Object> cells = new ArrayList<>();
        cells.add(Tables.name(object));
        for (PrinterColumn column : kind.columns()) {
            cells.add(cell(column.type(), column.path().first(object.fields()), now));
        }
        return cells;
    }

    /** A value of another type than the column's is not shown. */
    private static Object cell(String type, @Nullable Object value, Instant now) {
        return switch (type) {
            case "integer" -> value instanceof Number number ? number.longValue() : Null.NULL;
            case "number" -> value instanceof Number ? value : Null.NULL;
            case "boolean" -> value instanceof Boolean ? value : Null.NULL;
            case "date" -> value instanceof String text ? Age.since(text, now) : Null.NULL;
            default ->
                switch (value) {
                    case null -> Null.NULL;
                    case Map<?, ?> _, List<?> _ -> new String(Json.write(value), StandardCharsets.UTF_8);
                    default -> value.toString();
                };
        };
    }
}
