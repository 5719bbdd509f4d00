// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.answer;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Replies made of values. */
public final class Answers {
    /** The media type of nearly everything. */
    public static final String JSON = "application/json";

    /** The media type of what people ask for. */
    public static final String YAML = "application/yaml";

    private Answers() {}

    /** A reply of encoded JSON. */
    public static Reply json(int status, byte[] body) {
        return typed(status, JSON, body);
    }

    /** A reply of a value tree. */
    public static Reply json(int status, Map<String, Object> tree) {
        return json(status, Json.write(tree));
    }

    /** A reply of any media type. */
    public static Reply typed(int status, String mediaType, byte[] body) {
        return new Reply.Whole(status, Map.of("content-type", mediaType), body);
    }

    /** A reply of plain text. */
    public static Reply text(int status, String text) {
        return typed(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** The reply that says why not. */
    public static Reply refused(Refusal refusal) {
        Map<String, Object> status = refusal.status();
        Reply reply = json(refusal.code(), status);
        return status.get("details") instanceof Map<?, ?> details && details.get("retryAfterSeconds") != null
                ? with(reply, "retry-after", String.valueOf(details.get("retryAfterSeconds")))
                : reply;
    }

    /** What a client gets for the end of an object that is not sent back itself. */
    public static Map<String, Object> success(Resource resource, String name, String uid) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("name", name);
        if (!resource.group().isEmpty()) {
            details.put("group", resource.group());
        }
        details.put("kind", resource.plural());
        details.put("uid", uid);
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("metadata", Map.of());
        status.put("status", "Success");
        status.put("details", details);
        return status;
    }

    /** The same reply with one more header. */
    public static Reply with(Reply reply, String header, String value) {
        Map<String, String> headers = new LinkedHashMap<>(reply.headers());
        headers.put(header, value);
        return switch (reply) {
            case Reply.Whole whole -> new Reply.Whole(whole.status(), Map.copyOf(headers), whole.body());
            case Reply.Streamed streamed ->
                new Reply.Streamed(streamed.status(), Map.copyOf(headers), streamed.stream());
        };
    }

    /** The same reply with warnings for the person who asked; the header of RFC 7234, one line each. */
    public static Reply warning(Reply reply, List<String> warnings) {
        if (warnings.isEmpty()) {
            return reply;
        }
        List<String> lines = warnings.stream()
                .distinct()
                .map(text -> "299 - \"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                .toList();
        return with(reply, "warning", String.join("\n", lines));
    }
}
