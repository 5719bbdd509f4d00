// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Stream;
import dev.fairlead.wire.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** The least of an API that lists and watches one kind: a revision, objects, a history that can be compacted. */
public final class TinyApi implements Api {
    private static final byte[] END = {};

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Change(long revision, byte[] event) {}

    private final TreeMap<String, Map<String, Object>> objects = new TreeMap<>();
    private final List<Change> history = new ArrayList<>();
    private final List<Feed> feeds = new CopyOnWriteArrayList<>();
    public final List<Request> requests = new CopyOnWriteArrayList<>();
    private long revision = 10;
    private long compacted;
    private int refuse;

    /** Without objects, at revision 10. */
    public TinyApi() {}

    /** Creates or changes a config map. */
    public synchronized long put(String name, String value) {
        Map<String, Object> old = objects.get(name);
        String uid = old == null
                ? UUID.nameUUIDFromBytes((name + revision).getBytes(StandardCharsets.UTF_8))
                        .toString()
                : (String) metadata(old).get("uid");
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("metadata", meta(name, uid, ++revision));
        object.put("data", Map.of("value", value));
        objects.put(name, object);
        record(old == null ? "ADDED" : "MODIFIED", object);
        return revision;
    }

    public synchronized void delete(String name) {
        Map<String, Object> old = objects.remove(name);
        if (old != null) {
            Map<String, Object> last = new LinkedHashMap<>(old);
            last.put("metadata", meta(name, (String) metadata(old).get("uid"), ++revision));
            record("DELETED", last);
        }
    }

    public synchronized void bookmark() {
        byte[] event = event("BOOKMARK", Map.of("metadata", Map.of("resourceVersion", String.valueOf(revision))));
        feeds.forEach(feed -> feed.pieces.add(event));
    }

    /** Forgets history; watches from before it get 410. */
    public synchronized void compact() {
        history.clear();
        compacted = revision;
    }

    /** Ends all watches: cleanly, or as a broken connection. */
    public synchronized void cut(boolean broken) {
        feeds.forEach(feed -> {
            feed.broken = broken;
            feed.pieces.add(END);
        });
        feeds.clear();
    }

    /** Answers the next requests with 500. */
    public synchronized void refuseNext(int count) {
        refuse = count;
    }

    public synchronized long revision() {
        return revision;
    }

    public synchronized Map<String, String> state() {
        Map<String, String> state = new TreeMap<>();
        objects.forEach((name, object) -> state.put(name, (String) ((Map<?, ?>) object.get("data")).get("value")));
        return state;
    }

    /** All changes after the named revision, in one piece of the stream. */
    public synchronized void sendTogether(Runnable changes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Feed> live = new ArrayList<>(feeds);
        feeds.clear();
        int from = history.size();
        changes.run();
        history.subList(from, history.size()).forEach(change -> all.writeBytes(change.event));
        feeds.addAll(live);
        feeds.forEach(feed -> feed.pieces.add(all.toByteArray()));
    }

    @Override
    public synchronized Reply call(Request request) throws IOException {
        requests.add(request);
        if (refuse > 0) {
            refuse--;
            return status(500, "InternalError", "not now");
        }
        Map<String, String> query = query(request.target());
        if (query.containsKey("watch")) {
            long after = Long.parseLong(query.get("resourceVersion"));
            if (after < compacted) {
                return status(410, "Expired", "too old resource version");
            }
            Feed feed = new Feed();
            history.stream().filter(change -> change.revision > after).forEach(change -> feed.pieces.add(change.event));
            feeds.add(feed);
            return new Reply.Streamed(200, Map.of(), feed);
        }
        int limit = Math.min(3, Integer.parseInt(query.getOrDefault("limit", "3")));
        String from = query.getOrDefault("continue", "");
        List<Object> items = new ArrayList<>();
        Map<String, Object> metadata = new LinkedHashMap<>(Map.of("resourceVersion", String.valueOf(revision)));
        for (Map.Entry<String, Map<String, Object>> one :
                objects.tailMap(from, false).entrySet()) {
            if (items.size() == limit) {
                metadata.put(
                        "continue",
                        String.valueOf(metadata((Map<?, ?>) items.getLast()).get("name")));
                break;
            }
            items.add(one.getValue());
        }
        return new Reply.Whole(
                200,
                Map.of("warning", "299 - \"tiny\""),
                Json.write(Map.of("kind", "ConfigMapList", "metadata", metadata, "items", items)));
    }

    public static Reply status(int code, String reason, String message) {
        return new Reply.Whole(
                code,
                Map.of(),
                Json.write(Map.of("kind", "Status", "code", (long) code, "reason", reason, "message", message)));
    }

    private void record(String type, Map<String, Object> object) {
        byte[] event = event(type, object);
        history.add(new Change(revision, event));
        feeds.forEach(feed -> feed.pieces.add(event));
    }

    private static byte[] event(String type, Map<String, Object> object) {
        return Json.write(new LinkedHashMap<>(Map.of("type", type, "object", object)));
    }

    private static Map<?, ?> metadata(Map<?, ?> object) {
        return (Map<?, ?>) object.get("metadata");
    }

    private static Map<String, Object> meta(String name, String uid, long revision) {
        return new LinkedHashMap<>(
                Map.of("namespace", "n", "name", name, "uid", uid, "resourceVersion", String.valueOf(revision)));
    }

    private static Map<String, String> query(String target) {
        Map<String, String> query = new LinkedHashMap<>();
        int at = target.indexOf('?');
        if (at >= 0) {
            for (String pair : target.substring(at + 1).split("&", -1)) {
                int equals = pair.indexOf('=');
                query.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    private static final class Feed implements Stream {
        final LinkedBlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>();
        volatile boolean broken;

        @Override
        public byte @Nullable [] next() throws IOException, InterruptedException {
            byte[] piece = pieces.take();
            if (piece.length > 0) {
                return piece;
            }
            if (broken) {
                throw new IOException("connection reset");
            }
            return null;
        }

        @Override
        public void close() {
            pieces.add(END);
        }
    }
}
