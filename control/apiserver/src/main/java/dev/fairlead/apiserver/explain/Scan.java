// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.explain;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Store;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds objects in the store without decoding all there are.
 *
 * <p>How this works: objects rest as compact JSON, so the label {@code app=web} rests as {@code "app":"web"} and nothing
 * else. An object that does not contain these bytes cannot carry the label and is passed over; one that does is decoded,
 * and whoever asks looks again. Searching skips ahead by the last byte that was compared (Horspool 1980).
 */
record Scan(Store store) {
    /** The decoded objects below {@code prefix} that contain all of {@code needles}. */
    List<Tree> holding(String prefix, List<String> needles) {
        List<Needle> wanted = needles.stream().map(Needle::of).toList();
        List<Tree> found = new ArrayList<>();
        for (Entry entry : store.prefix(prefix, 0, 0).entries()) {
            if (wanted.stream().allMatch(needle -> needle.in(entry.value()))) {
                found.add(tree(entry));
            }
        }
        return found;
    }

    /** The decoded objects below {@code prefix} that do not contain {@code needle}. */
    List<Tree> lacking(String prefix, String needle) {
        Needle unwanted = Needle.of(needle);
        List<Tree> found = new ArrayList<>();
        for (Entry entry : store.prefix(prefix, 0, 0).entries()) {
            if (!unwanted.in(entry.value())) {
                found.add(tree(entry));
            }
        }
        return found;
    }

    /** The keys below {@code prefix}, without it. */
    List<String> names(String prefix) {
        return store.prefix(prefix, 0, 0).entries().stream()
                .map(entry -> entry.key().substring(prefix.length()))
                .toList();
    }

    /** The decoded object at {@code key}; without fields when there is none. */
    Tree get(String key) {
        return store.get(key).map(Scan::tree).orElse(Tree.EMPTY);
    }

    /** A decoded object, with the revision of its last change. */
    static Tree tree(Entry entry) {
        Map<String, Object> object = Json.object(entry.value());
        Map<String, Object> metadata =
                new LinkedHashMap<>(Tree.of(object.get("metadata")).fields());
        metadata.put("resourceVersion", Long.toString(entry.modRevision()));
        object.put("metadata", metadata);
        return new Tree(object);
    }

    /** How a text field rests: {@code "app":"web"}. */
    static String field(String name, String value) {
        return text(name) + ":" + text(value);
    }

    private static String text(String value) {
        return new String(Json.write(value), StandardCharsets.UTF_8);
    }

    /** Bytes to look for. */
    static final class Needle {
        private final byte[] bytes;
        private final int[] skips;

        private Needle(byte[] bytes, int[] skips) {
            this.bytes = bytes;
            this.skips = skips;
        }

        static Needle of(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] skips = new int[256];
            Arrays.fill(skips, bytes.length);
            for (int i = 0; i < bytes.length - 1; i++) {
                skips[bytes[i] & 0xff] = bytes.length - 1 - i;
            }
            return new Needle(bytes, skips);
        }

        boolean in(byte[] hay) {
            int last = bytes.length - 1;
            byte end = bytes[last];
            for (int at = last; at < hay.length; at += skips[hay[at] & 0xff]) {
                if (hay[at] == end && Arrays.equals(hay, at - last, at + 1, bytes, 0, bytes.length)) {
                    return true;
                }
            }
            return false;
        }
    }
}
