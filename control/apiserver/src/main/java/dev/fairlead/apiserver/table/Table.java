// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.List;

/**
 * How objects of one kind are shown as rows.
 *
 * @param cells as many values (texts and numbers) as there are columns
 */
public record Table(List<Column> columns, Cells cells) {
    /** The cells of one object. */
    public interface Cells {
        /** The values of all columns, in order. */
        List<Object> of(Tree object, Instant now);
    }

    /** The columns as the API describes them. */
    public List<Object> columnDefinitions() {
        return columns.stream().<Object>map(Column::tree).toList();
    }

    /** The cells of {@code object}. */
    public List<Object> cells(Tree object, Instant now) {
        return cells.of(object, now);
    }
}
