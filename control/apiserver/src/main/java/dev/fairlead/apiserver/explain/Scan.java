// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.explain;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.CompactedException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Event;
import dev.fairlead.store.Store;
import dev.fairlead.store.Watch;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds objects in the store without decoding all there are.
 *
 * <p>How this works: objects rest as compact JSON, so the label {@code app=web} rests as {@code "app":"web"} and nothing
 * else. An object without these bytes cannot have the label and is passed over; one with them is decoded and looked at
 * again. Labels are searched for in the first {@code "labels":{…}} of an object alone, which is metadata's, because
 * metadata rests before everything else that could have labels.
 */
record Scan(Store store) {
    private static final Needle LABELS = Needle.of("\"labels\":{");

    /** All objects below {@code prefix}, decoded. */
    List<Tree> all(String prefix) {
        return entries(prefix).stream().map(Scan::tree).toList();
    }

    /** The objects below {@code prefix} whose bytes contain {@code text}, decoded. */
    List<Tree> holding(String prefix, String text) {
        Needle needle = Needle.of(text);
        return entries(prefix).stream()
                .filter(entry -> needle.in(entry.value()))
                .map(Scan::tree)
                .toList();
    }

    /** The objects below {@code prefix} that have all these labels, decoded. */
    List<Tree> labelled(String prefix, Map<String, String> labels) {
        return labelled(entries(prefix), labels);
    }

    /** The same, but not those below {@code except}, which lies below {@code prefix}. */
    List<Tree> labelledOutside(String prefix, String except, Map<String, String> labels) {
        List<Entry> entries = new ArrayList<>(store.range(prefix, except, 0, 0).entries());
        entries.addAll(store.range(Store.endOfPrefix(except), Store.endOfPrefix(prefix), 0, 0)
                .entries());
        return labelled(entries, labels);
    }

    private static List<Tree> labelled(List<Entry> entries, Map<String, String> labels) {
        List<Needle> needles = needles(labels);
        List<Tree> found = new ArrayList<>();
        for (Entry entry : entries) {
            if (labelled(entry.value(), needles)) {
                Tree object = tree(entry);
                if (object.tree("metadata").textMap("labels").entrySet().containsAll(labels.entrySet())) {
                    found.add(object);
                }
            }
        }
        return found;
    }

    /**
     * The keys below {@code prefix} of objects that are there and had all these labels before a change that the store
     * remembers; they may have them again.
     */
    Set<String> onceLabelled(String prefix, Map<String, String> labels) throws InterruptedException {
        List<Needle> needles = needles(labels);
        Set<String> found = new TreeSet<>();
        try (Watch past = store.watch(prefix, store.oldestRevision())) {
            for (List<Event> events = past.next(Duration.ZERO); !events.isEmpty(); events = past.next(Duration.ZERO)) {
                for (Event event : events) {
                    Entry before = event.previous();
                    if (before != null && labelled(before.value(), needles)) {
                        found.add(event.key());
                    }
                }
            }
        } catch (CompactedException forgotten) {
            // the store has begun to forget what was being read: what was found so far is still true
        }
        found.removeIf(key -> store.get(key).isEmpty());
        return found;
    }

    /** The objects below {@code prefix} without a label of that name, decoded. */
    List<Tree> unlabelled(String prefix, String label) {
        Needle needle = Needle.of(text(label) + ":");
        return entries(prefix).stream()
                .filter(entry -> !needle.in(entry.value()))
                .map(Scan::tree)
                .toList();
    }

    /** The labels of the objects below {@code prefix}, and how many objects have exactly these. */
    Map<Map<String, String>, Integer> labels(String prefix) {
        Map<String, Integer> written = new LinkedHashMap<>();
        for (Entry entry : entries(prefix)) {
            byte[] bytes = entry.value();
            int from = LABELS.after(bytes, 0);
            String text = from < 0 ? "" : new String(bytes, from, end(bytes, from) - from, StandardCharsets.UTF_8);
            written.merge(text, 1, Integer::sum);
        }
        // decoded together: there may be as many as there are Services
        String together = "{\"all\":[{\"labels\":{" + String.join("}},{\"labels\":{", written.keySet()) + "}}]}";
        List<Tree> decoded = new Tree(Json.object(together.getBytes(StandardCharsets.UTF_8))).trees("all");
        Map<Map<String, String>, Integer> labels = new LinkedHashMap<>();
        int i = 0;
        for (int count : written.values()) {
            labels.merge(decoded.get(i).textMap("labels"), count, Integer::sum);
            i++;
        }
        return labels;
    }

    /** The keys below {@code prefix}, without it. */
    List<String> names(String prefix) {
        return entries(prefix).stream()
                .map(entry -> entry.key().substring(prefix.length()))
                .toList();
    }

    /** The decoded object at {@code key}; without fields when there is none. */
    Tree get(String key) {
        return store.get(key).map(Scan::tree).orElse(Tree.EMPTY);
    }

    private static List<Needle> needles(Map<String, String> labels) {
        return labels.entrySet().stream()
                .map(label -> Needle.of(text(label.getKey()) + ":" + text(label.getValue())))
                .toList();
    }

    private static boolean labelled(byte[] bytes, List<Needle> needles) {
        int from = LABELS.after(bytes, 0);
        int to = end(bytes, from);
        for (Needle needle : needles) { // without a stream: asked of every object there is
            if (!needle.within(bytes, from, to)) {
                return false;
            }
        }
        return true;
    }

    private List<Entry> entries(String prefix) {
        return store.prefix(prefix, 0, 0).entries();
    }

    /** Where the labels that begin at {@code from} end: no label has a brace in it. */
    private static int end(byte[] bytes, int from) {
        int at = Math.max(from, 0);
        while (from >= 0 && at < bytes.length && bytes[at] != '}') {
            at++;
        }
        return at;
    }

    private static Tree tree(Entry entry) {
        Map<String, Object> object = Json.object(entry.value());
        Map<String, Object> metadata =
                new LinkedHashMap<>(Tree.of(object.get("metadata")).fields());
        metadata.put("resourceVersion", Long.toString(entry.modRevision()));
        object.put("metadata", metadata);
        return new Tree(object);
    }

    /** How a text field rests: {@code "podIP":"10.244.0.7"}. */
    static String field(String name, String value) {
        return text(name) + ":" + text(value);
    }

    private static String text(String value) {
        return new String(Json.write(value), StandardCharsets.UTF_8);
    }
}
