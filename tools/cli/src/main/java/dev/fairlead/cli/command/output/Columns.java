// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.output;

import java.util.ArrayList;
import java.util.List;

/**
 * Lays texts out in columns, three spaces apart, the last one ragged. Widths are remembered: rows that come later stand
 * under those that were printed, and a wider text widens its column from then on.
 */
public final class Columns {
    private static final int GAP = 3;
    /** The narrowest column, its gap included. */
    private static final int NARROWEST = 6;

    private final List<Integer> widths = new ArrayList<>();

    /** The rows as lines, each with a line end. */
    public String lay(List<List<String>> rows) {
        rows.forEach(this::measure);
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                text.append(cell);
                if (i < row.size() - 1) {
                    text.repeat(' ', widths.get(i) - length(cell));
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    private void measure(List<String> row) {
        for (int i = 0; i < row.size() - 1; i++) {
            int width = Math.max(NARROWEST, length(row.get(i)) + GAP);
            if (i == widths.size()) {
                widths.add(width);
            } else {
                widths.set(i, Math.max(widths.get(i), width));
            }
        }
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
