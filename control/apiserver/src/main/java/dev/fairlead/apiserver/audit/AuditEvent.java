// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.audit;

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

/**
 * What is told of one request.
 *
 * @param received when it came
 * @param answered when it was answered, or a stream began
 * @param id tells requests apart
 */
record AuditEvent(AuditPolicy.Level level, Visit visit, Reply reply, Instant received, Instant answered, String id) {
    /** The event as a line of JSON. */
    byte[] line() {
        Request request = visit.request();
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("kind", "Event");
        event.put("apiVersion", "audit.k8s.io/v1");
        event.put("level", level.text());
        event.put("auditID", id);
        event.put("stage", reply instanceof Reply.Streamed ? "ResponseStarted" : "ResponseComplete");
        event.put("requestURI", request.target());
        event.put("verb", visit.verb());
        User asker = visit.asker();
        event.put("user", asker == null ? Map.of() : Reviews.info(asker));
        User user = visit.user();
        if (user != null && asker != null && !user.equals(asker)) {
            event.put("impersonatedUser", Reviews.info(user));
        }
        String from = request.headers().getOrDefault("x-forwarded-for", "");
        if (!from.isEmpty()) {
            event.put(
                    "sourceIPs",
                    Arrays.stream(from.split(",", -1))
                            .<Object>map(String::strip)
                            .toList());
        }
        event.put("userAgent", request.headers().getOrDefault("user-agent", ""));
        Target target = visit.target();
        if (target != null) {
            event.put("objectRef", reference(target));
        }
        event.put("responseStatus", status());
        if (level == AuditPolicy.Level.REQUEST) {
            sent(event);
        }
        event.put("requestReceivedTimestamp", Timestamps.micros(received));
        event.put("stageTimestamp", Timestamps.micros(answered));
        event.put("annotations", Map.of("authorization.k8s.io/decision", reply.status() == 403 ? "forbid" : "allow"));
        byte[] json = Json.write(event);
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private static Map<String, Object> reference(Target target) {
        Map<String, Object> reference = new LinkedHashMap<>();
        put(reference, "resource", target.resource().plural());
        put(reference, "namespace", target.namespace());
        put(reference, "name", target.name());
        put(reference, "apiGroup", target.resource().group());
        put(reference, "apiVersion", target.resource().version());
        put(reference, "subresource", target.subresource());
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
        if (reply.status() >= 400 && reply instanceof Reply.Whole whole) {
            try {
                Tree said = new Tree(Json.object(whole.body()));
                for (String field : List.of("status", "message", "reason")) {
                    put(status, field, said.text(field, ""));
                }
            } catch (SyntaxException another) {
                // what a pod has answered through a proxy
            }
        }
        status.put("code", (long) reply.status());
        return status;
    }

    /** What was sent, as far as it is JSON. */
    private void sent(Map<String, Object> event) {
        byte[] body = visit.request().body();
        String type = String.valueOf(visit.request().header("content-type"));
        if (body.length > 0 && visit.target() != null && type.startsWith("application/") && type.contains("json")) {
            try {
                event.put("requestObject", Json.object(body));
            } catch (SyntaxException noObject) {
                // a JSON patch is a list; a body that cannot be read was refused
            }
        }
    }
}
