// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.audit;

import dev.fairlead.apiserver.access.Decision;
import dev.fairlead.apiserver.access.Reviews;
import dev.fairlead.apiserver.observe.Visit;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.Timestamps;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.json.Json;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is told of one request. Holds what is told and no more, since it waits for the disk: of the answer its code and, when
 * it is a failure, its words; what was sent only where the policy wants it.
 *
 * @param received when it came
 * @param told when it was answered, or a stream began
 * @param id tells requests apart
 * @param user in whose name it was asked; the asker unless somebody is impersonated
 * @param from where it came from, as {@code x-forwarded-for} says it
 * @param decision whether it may be, as far as that was decided
 * @param words the body of an answer that says what went wrong; empty for others
 * @param sent what was sent; null when that is not told, or nothing was
 */
@SuppressWarnings("ArrayRecordComponent") // bytes travel as they are, nobody compares events
record AuditEvent(
        AuditPolicy.Level level,
        String id,
        Instant received,
        Instant told,
        boolean goesOn,
        String uri,
        String verb,
        @Nullable User asker,
        @Nullable User user,
        String from,
        String agent,
        @Nullable Target target,
        @Nullable Decision decision,
        int code,
        byte[] words,
        @Nullable Sent sent) {
    /** An error in more bytes is not the server's own; a pod has answered it through a proxy. */
    private static final int MOST_WORDS = 64 << 10;

    private static final byte[] NONE = {};
    /** Of an event without its texts and bodies, about. */
    private static final int BARE = 1_024;

    static AuditEvent of(AuditPolicy.Level level, String id, Visit visit, Reply reply, Instant received, Instant told) {
        Request request = visit.request();
        Map<String, String> headers = request.headers();
        boolean failed = reply.status() >= 400 && reply instanceof Reply.Whole;
        byte[] words = failed ? ((Reply.Whole) reply).body() : NONE;
        return new AuditEvent(
                level,
                id,
                received,
                told,
                reply instanceof Reply.Streamed,
                request.target(),
                visit.verb(),
                visit.asker(),
                visit.user(),
                headers.getOrDefault("x-forwarded-for", ""),
                headers.getOrDefault("user-agent", ""),
                visit.target(),
                visit.decision(),
                reply.status(),
                words.length > MOST_WORDS ? NONE : words,
                level == AuditPolicy.Level.REQUEST ? Sent.of(request, visit.target()) : null);
    }

    /** How many bytes of memory it holds, about. */
    long weight() {
        long texts = uri.length() + (long) from.length() + agent.length() + weight(asker) + weight(user);
        return BARE + texts + words.length + (sent == null ? 0 : sent.body().length);
    }

    private static long weight(@Nullable User user) {
        if (user == null) {
            return 0;
        }
        long groups = user.groups().stream().mapToLong(String::length).sum();
        return user.name().length()
                + groups
                + user.extra().values().stream()
                        .flatMap(List::stream)
                        .mapToLong(String::length)
                        .sum();
    }

    /**
     * The event as a line of JSON.
     *
     * @param protobuf reads what was sent in protobuf
     */
    byte[] line(Function<byte[], Map<String, Object>> protobuf) {
        Map<String, Object> event = event();
        byte[] json;
        try {
            put(event, sent == null ? null : sent.tree(protobuf));
            json = Json.write(event);
        } catch (IllegalArgumentException noJson) { // YAML has numbers that JSON has not
            put(event, sent == null ? null : sent.bytes());
            json = Json.write(event);
        }
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private static void put(Map<String, Object> event, @Nullable Object sent) {
        if (sent != null) {
            event.put("requestObject", sent);
        }
    }

    private Map<String, Object> event() {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("kind", "Event");
        event.put("apiVersion", "audit.k8s.io/v1");
        event.put("level", level.text());
        event.put("auditID", id);
        event.put("stage", goesOn ? "ResponseStarted" : "ResponseComplete");
        event.put("requestURI", uri);
        event.put("verb", verb);
        event.put("user", asker == null ? Map.of() : Reviews.info(asker));
        if (user != null && asker != null && !user.equals(asker)) {
            event.put("impersonatedUser", Reviews.info(user));
        }
        if (!from.isEmpty()) {
            event.put(
                    "sourceIPs",
                    Arrays.stream(from.split(",", -1))
                            .<Object>map(String::strip)
                            .toList());
        }
        event.put("userAgent", agent);
        if (target != null) {
            event.put("objectRef", reference(target));
        }
        event.put("responseStatus", status());
        event.put("requestReceivedTimestamp", Timestamps.micros(received));
        event.put("stageTimestamp", Timestamps.micros(told));
        if (decision != null) {
            event.put(
                    "annotations",
                    Map.of(
                            "authorization.k8s.io/decision",
                            decision.allowed() ? "allow" : "forbid",
                            "authorization.k8s.io/reason",
                            decision.reason()));
        }
        return event;
    }

    private static Map<String, Object> reference(Target target) {
        Map<String, Object> reference = new LinkedHashMap<>();
        put(reference, "resource", target.resource().plural());
        put(reference, "namespace", target.namespace());
        put(reference, "name", target.name());
        put(reference, "apiGroup", target.resource().group());
        put(reference, "apiVersion", target.resource().version());
        put(reference, "subresource", target.subresource().text());
        return reference;
    }

    private static void put(Map<String, Object> tree, String field, String text) {
        if (!text.isEmpty()) {
            tree.put(field, text);
        }
    }

    private Map<String, Object> status() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("metadata", Map.of());
        if (words.length > 0) {
            try {
                Tree said = new Tree(Json.object(words));
                for (String field : List.of("status", "message", "reason")) {
                    put(status, field, said.text(field, ""));
                }
            } catch (SyntaxException another) {
                // what a pod has answered through a proxy
            }
        }
        status.put("code", (long) code);
        return status;
    }
}
