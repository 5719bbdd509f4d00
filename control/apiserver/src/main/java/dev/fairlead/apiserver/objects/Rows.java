// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.objects;

import dev.fairlead.apiserver.table.Table;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.json.Encoded.Item;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.Time;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Objects as rows of a table; a watch names the columns in its first event alone. */
final class Rows implements Form {
    private final String version;
    private final Table table;
    private final String include;
    private final Time time;
    private boolean named;

    Rows(String version, Table table, String include, Time time) {
        this.version = version;
        this.table = table;
        this.include = include;
        this.time = time;
    }

    @Override
    public String mediaType() {
        return "application/json";
    }

    @Override
    public byte[] one(byte[] object, long revision) {
        return table(Map.of("resourceVersion", Long.toString(revision)), List.of(new Item(object, revision)), true);
    }

    @Override
    public byte[] list(Map<String, Object> metadata, List<Item> items) {
        return table(metadata, items, true);
    }

    @Override
    public byte[] watched(byte[] object, long revision) {
        boolean first = !named;
        named = true;
        return table(Map.of("resourceVersion", Long.toString(revision)), List.of(new Item(object, revision)), first);
    }

    @Override
    public byte[] bookmark(Map<String, Object> metadata) {
        return table(metadata, List.of(), false);
    }

    private byte[] table(Map<String, Object> metadata, List<Item> items, boolean columns) {
        List<Object> rows = new ArrayList<>(items.size());
        for (Item item : items) {
            rows.add(row(item));
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("kind", "Table");
        all.put("apiVersion", "meta.k8s.io/" + version);
        all.put("metadata", metadata);
        all.put("columnDefinitions", columns ? table.columnDefinitions() : List.of());
        all.put("rows", rows);
        return Json.write(all);
    }

    private Map<String, Object> row(Item item) {
        Map<String, Object> object = Json.object(item.object());
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("cells", table.cells(new Tree(object), time.now()));
        switch (include) {
            case "None" -> {}
            case "Object" -> {
                AtRest.metadata(object).put("resourceVersion", Long.toString(item.revision()));
                row.put("object", object);
            }
            default -> row.put("object", partial(object, item.revision(), version));
        }
        return row;
    }

    /** The metadata of an object as an object of its own. */
    static Map<String, Object> partial(byte[] object, long revision, String version) {
        return partial(Json.object(object), revision, version);
    }

    private static Map<String, Object> partial(Map<String, Object> object, long revision, String version) {
        Map<String, Object> metadata = AtRest.metadata(object);
        metadata.put("resourceVersion", Long.toString(revision));
        Map<String, Object> partial = new LinkedHashMap<>();
        partial.put("kind", "PartialObjectMetadata");
        partial.put("apiVersion", "meta.k8s.io/" + version);
        partial.put("metadata", metadata);
        return partial;
    }
}
