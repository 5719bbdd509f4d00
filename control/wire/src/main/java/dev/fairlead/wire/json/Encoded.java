// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.json;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Encoded JSON objects, changed and joined without decoding them. A server keeps an object's bytes without
 * {@code metadata.resourceVersion} (the store knows it) and puts it in on every reading.
 *
 * <p>How this works: one pass over the top level's names, jumping over values by counting brackets outside strings, stops
 * as soon as {@code apiVersion}, {@code kind} and {@code metadata} were seen. {@code Json.write} keeps map order, so for
 * objects that start with these three the pass ends after about 60 bytes plus the metadata; any order is exact.
 *
 * <pre>{"kind":"Pod","metadata":{"name":"a"}} at 7 → {"kind":"Pod","metadata":{"resourceVersion":"7","name":"a"}}</pre>
 */
public final class Encoded {
    private static final byte[] METADATA = ascii("metadata");
    private static final byte[] RESOURCE_VERSION = ascii("resourceVersion");
    private static final byte[] API_VERSION = ascii("apiVersion");
    private static final byte[] KIND = ascii("kind");
    private static final byte[] METADATA_MEMBER = ascii("\"metadata\":{\"resourceVersion\":\"");

    private Encoded() {}

    /**
     * {@code object} with {@code metadata.resourceVersion} set to {@code revision}, replacing one that is there.
     *
     * @param object one valid JSON object; not changed
     * @throws IllegalArgumentException when there is no {@code metadata} object
     */
    public static byte[] withResourceVersion(byte[] object, long revision) {
        Growing out = new Growing(object.length + 40);
        append(out, object, revision, true);
        return out.toBytes();
    }

    /**
     * A list of {@code items} as one JSON object, items without {@code apiVersion} and {@code kind} as in Kubernetes' typed
     * lists.
     *
     * @param metadata the list's own metadata: {@code resourceVersion}, {@code continue}, {@code remainingItemCount}
     */
    public static byte[] list(String apiVersion, String listKind, Map<String, Object> metadata, List<Item> items) {
        return list(apiVersion, listKind, metadata, items, false);
    }

    /** The same, of items with {@code apiVersion} and {@code kind} if {@code typed}, as lists of custom objects have them. */
    public static byte[] list(
            String apiVersion, String listKind, Map<String, Object> metadata, List<Item> items, boolean typed) {
        long size = 200;
        for (Item item : items) {
            size += item.object.length + 40;
        }
        Growing out = new Growing(Math.toIntExact(size));
        out.add(ascii("{\"kind\":\"" + listKind + "\",\"apiVersion\":\"" + apiVersion + "\",\"metadata\":"));
        out.add(Json.write(metadata));
        out.add(ascii(",\"items\":["));
        boolean first = true;
        for (Item item : items) {
            if (!first) {
                out.add(',');
            }
            first = false;
            append(out, item.object, item.revision, typed);
        }
        out.add(ascii("]}"));
        return out.toBytes();
    }

    /** A watch event: {@code {"type":"ADDED","object":…}} and a newline, its object at {@code revision}. */
    public static byte[] event(String type, byte[] object, long revision) {
        Growing out = new Growing(object.length + 80);
        out.add(ascii("{\"type\":\"" + type + "\",\"object\":"));
        append(out, object, revision, true);
        out.add(ascii("}\n"));
        return out.toBytes();
    }

    /** A watch event around any encoded object as it is (a Status, a Table, a bookmark). */
    public static byte[] event(String type, byte[] object) {
        Growing out = new Growing(object.length + 40);
        out.add(ascii("{\"type\":\"" + type + "\",\"object\":"));
        out.add(object);
        out.add(ascii("}\n"));
        return out.toBytes();
    }

    /**
     * One item of a list to be.
     *
     * @param object its encoded bytes
     * @param revision what becomes its {@code resourceVersion}
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes travel as they are, nobody compares items
    public record Item(byte[] object, long revision) {}

    /** Copies {@code object} with its resourceVersion; without its type when {@code typed} is false. */
    private static void append(Growing out, byte[] object, long revision, boolean typed) {
        Cursor at = new Cursor(object);
        at.enter();
        out.add('{');
        boolean first = true;
        boolean metadata = false;
        int types = typed ? 0 : 2;
        boolean ended = false;
        while (!ended && (!metadata || types > 0)) {
            if (!at.member()) {
                ended = true;
                continue;
            }
            boolean here = !metadata && at.nameIs(METADATA);
            if (!here) {
                at.skipValue();
                if (types > 0 && (at.nameIs(API_VERSION) || at.nameIs(KIND))) {
                    types--;
                    continue;
                }
            }
            if (!first) {
                out.add(',');
            }
            first = false;
            if (here) {
                metadata(out, at, revision);
                metadata = true;
            } else {
                at.copyMember(out);
            }
        }
        if (!metadata) {
            throw new IllegalArgumentException("an object without metadata");
        }
        at.copyRest(out, ended);
    }

    private static void metadata(Growing out, Cursor at, long revision) {
        at.enter();
        out.add(METADATA_MEMBER);
        out.add(ascii(Long.toString(revision)));
        out.add('"');
        // Members that stay and follow each other are copied at once.
        int from = -1;
        int to = -1;
        while (at.member()) {
            at.skipValue();
            if (!at.nameIs(RESOURCE_VERSION)) {
                from = from < 0 ? at.memberStart() : from;
                to = at.position();
            } else if (from >= 0) {
                out.add(',');
                at.copy(out, from, to);
                from = -1;
            }
        }
        if (from >= 0) {
            out.add(',');
            at.copy(out, from, to);
        }
        out.add('}');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
