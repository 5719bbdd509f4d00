// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.output;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The tables of one kind that a server sends, as rows of text. Columns are named in the first and hold for all. */
public final class ServerTable {
    /**
     * How to show a table.
     *
     * @param wide whether with the columns that are mostly left out
     * @param namespaces whether with a first column of namespaces
     * @param labels whether with a last column of labels
     * @param kinds whether names are told with their kind
     * @param headers whether with a first line of names
     */
    public record Look(boolean wide, boolean namespaces, boolean labels, boolean kinds, boolean headers) {}

    private final Resource resource;
    private final Look look;
    private final Columns layout = new Columns();
    private List<Tree> columns = List.of();
    private boolean named;

    /** Tables of {@code resource}. */
    public ServerTable(Resource resource, Look look) {
        this.resource = resource;
        this.look = look;
        this.named = !look.headers();
    }

    /** The table's rows as lines, after the columns' names when these are the first rows; empty without rows. */
    public String lines(Tree table) {
        return lines(List.of(table));
    }

    /** The rows of several tables as lines of one. */
    public String lines(List<Tree> tables) {
        List<List<String>> rows = new ArrayList<>();
        for (Tree table : tables) {
            List<Tree> told = table.trees("columnDefinitions");
            if (!told.isEmpty()) {
                columns = told;
            }
            for (Tree row : table.trees("rows")) {
                if (!named) {
                    named = true;
                    rows.add(header());
                }
                rows.add(row(row));
            }
        }
        return layout.lay(rows);
    }

    private boolean withNamespaces() {
        return look.namespaces() && resource.namespaced();
    }

    private List<String> header() {
        List<String> names = new ArrayList<>();
        if (withNamespaces()) {
            names.add("NAMESPACE");
        }
        for (Tree column : columns) {
            if (shown(column)) {
                names.add(column.text("name", "").toUpperCase(Locale.ROOT));
            }
        }
        if (look.labels()) {
            names.add("LABELS");
        }
        return names;
    }

    private List<String> row(Tree row) {
        Tree metadata = row.tree("object").tree("metadata");
        List<String> cells = new ArrayList<>();
        if (withNamespaces()) {
            cells.add(metadata.text("namespace", ""));
        }
        List<?> values = row.value("cells") instanceof List<?> list ? list : List.of();
        for (int i = 0; i < columns.size() && i < values.size(); i++) {
            if (shown(columns.get(i))) {
                cells.add(cell(columns.get(i), values.get(i)));
            }
        }
        if (look.labels()) {
            Map<String, String> labels = new TreeMap<>(metadata.textMap("labels"));
            cells.add(
                    labels.isEmpty()
                            ? "<none>"
                            : labels.entrySet().stream()
                                    .map(label -> label.getKey() + "=" + label.getValue())
                                    .collect(Collectors.joining(",")));
        }
        return cells;
    }

    private String cell(Tree column, Object value) {
        String text = String.valueOf(value);
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end) + "...";
        boolean name = column.text("format", "").equals("name");
        return name && look.kinds() ? Objects.name(resource, line) : line;
    }

    private boolean shown(Tree column) {
        return look.wide() || column.whole("priority", 0) == 0;
    }
}
