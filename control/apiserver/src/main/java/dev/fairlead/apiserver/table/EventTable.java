// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import static dev.fairlead.apiserver.table.Tables.name;

import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The table of events, for both of their versions. */
final class EventTable {
    private static final List<Column> COLUMNS = List.of(
            Column.text("Last Seen", "When it happened last."),
            Column.text("Type", "Normal or Warning."),
            Column.text("Reason", "Why, in one word."),
            Column.text("Object", "What it happened to."),
            Column.wide("Subobject", "Which part of it."),
            Column.wide("Source", "Who says so."),
            Column.text("Message", "The story."),
            Column.wide("First Seen", "When it happened first."),
            Column.wide("Count", "How often it happened."),
            new Column("Name", "string", "name", "The name of the event.", 1));

    static final Table EVENTS = new Table(
            COLUMNS,
            (event, now) -> cells(
                    event,
                    event.tree("involvedObject"),
                    event.text("message", "").strip(),
                    now));

    static final Table NEW_EVENTS = new Table(
            COLUMNS,
            (event, now) ->
                    cells(event, event.tree("regarding"), event.text("note", "").strip(), now));

    private EventTable() {}

    private static List<Object> cells(Tree event, Tree object, String message, Instant now) {
        String first =
                event.text("firstTimestamp", event.text("deprecatedFirstTimestamp", event.text("eventTime", "")));
        String last = event.text("lastTimestamp", event.text("deprecatedLastTimestamp", first));
        Tree series = event.tree("series");
        long count = event.whole("count", event.whole("deprecatedCount", series.whole("count", 1)));
        last = series.text("lastObservedTime", last);
        return List.of(
                Age.since(last, now),
                event.text("type", ""),
                event.text("reason", ""),
                object.text("kind", "").toLowerCase(Locale.ROOT) + "/" + object.text("name", ""),
                object.text("fieldPath", ""),
                source(event),
                message,
                Age.since(first, now),
                count,
                name(event));
    }

    private static String source(Tree event) {
        Tree source = event.has("source") ? event.tree("source") : event.tree("deprecatedSource");
        String component =
                source.text("component", event.text("reportingComponent", event.text("reportingController", "")));
        String host = source.text("host", event.text("reportingInstance", ""));
        return host.isEmpty() ? component : component + ", " + host;
    }
}
