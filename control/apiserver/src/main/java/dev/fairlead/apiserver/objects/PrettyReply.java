// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.objects;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Stream;

/**
 * JSON for people: indented, by two spaces as from Kubernetes, where {@code ?pretty=true} asks for it, or a program does that shows
 * answers as they come.
 */
public final class PrettyReply {
    private static final int INDENT = 2;

    /** What Go takes for true: this one parameter is read otherwise than {@link Query#truth}. */
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "True", "TRUE");

    private PrettyReply() {}

    /** The reply as the client wants it. */
    public static Reply of(Request request, Reply reply) {
        boolean json = reply instanceof Reply.Whole whole
                && Answers.JSON.equals(reply.header("content-type"))
                && whole.body().length > 0;
        return json && isWanted(request) ? indented((Reply.Whole) reply) : reply;
    }

    private static boolean isWanted(Request request) {
        try {
            Query query = Query.of(request.target());
            if (query.has("pretty")) {
                return TRUE.contains(query.text("pretty"));
            }
        } catch (Refusal told) {
            return false; // the reply says what is wrong with the query
        }
        String agent = request.header("user-agent");
        return agent != null && Stream.of("curl", "Wget", "Mozilla/5.0").anyMatch(agent::startsWith);
    }

    private static Reply indented(Reply.Whole reply) {
        Object value = Json.read(reply.body(), Json.Nulls.KEEP).value();
        return new Reply.Whole(
                reply.status(), reply.headers(), Json.pretty(value, INDENT).getBytes(StandardCharsets.UTF_8));
    }
}
