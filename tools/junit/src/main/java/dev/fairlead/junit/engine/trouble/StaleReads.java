// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.trouble;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads that allow it ({@code resourceVersion=0}), answered as things were at one revision. */
final class StaleReads {
    private static final long NONE = 0;

    private final Api api;
    private volatile long revision = NONE;

    StaleReads(Api api) {
        this.api = api;
    }

    /** From now on they show things as they were then. */
    void begin(long past) {
        revision = past;
    }

    /** All reads show things as they are. */
    void end() {
        revision = NONE;
    }

    /** The answer out of the past; null for whoever asks how things are. */
    @Nullable
    Reply answer(Request request, Asked asked) throws IOException, InterruptedException {
        long past = revision;
        boolean allowed = request.method().equals("GET")
                && !asked.watches()
                && !asked.plural().isEmpty()
                && asked.parameter("resourceVersion").equals("0");
        if (past == NONE || !allowed) {
            return null;
        }
        return asked.name().isEmpty() ? api.call(at(request, asked, past)) : one(request, asked, past);
    }

    private static Request at(Request request, Asked asked, long past) {
        Map<String, String> query = new LinkedHashMap<>(asked.query());
        query.put("resourceVersion", Long.toString(past));
        query.put("resourceVersionMatch", "Exact");
        return put(request, asked.collection(), query);
    }

    private static Request put(Request request, String path, Map<String, String> query) {
        String parameters = query.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                .collect(Collectors.joining("&"));
        return new Request(
                request.method(), path + "?" + parameters, request.headers(), request.body(), request.user());
    }

    /** The object as it was: a list of the past with only it in it. */
    private Reply one(Request request, Asked asked, long past) throws IOException, InterruptedException {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("fieldSelector", "metadata.name%3D" + asked.name());
        query.put("resourceVersion", Long.toString(past));
        query.put("resourceVersionMatch", "Exact");
        Reply reply = api.call(put(request, asked.collection(), query).with("accept", Answers.JSON));
        if (!(reply instanceof Reply.Whole whole) || reply.status() != 200) {
            return reply;
        }
        Tree list = Tree.of(Json.object(whole.body()));
        List<Tree> found = list.trees("items");
        if (found.isEmpty()) {
            return Answers.refused(Refusal.of(
                    404, "NotFound", asked.plural() + " \"" + asked.name() + "\" not found (as things were)"));
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("kind", list.text("kind", "").replaceFirst("List$", ""));
        object.put("apiVersion", list.text("apiVersion", ""));
        object.putAll(found.getFirst().fields());
        return Answers.json(200, object);
    }
}
