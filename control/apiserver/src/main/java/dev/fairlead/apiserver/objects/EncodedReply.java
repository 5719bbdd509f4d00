// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.objects;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.protobuf.Protobuf;
import dev.fairlead.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small answers that are made as JSON (a Status, a Scale, a review, a list of groups), in what the client asks for. */
public final class EncodedReply {
    private static final List<String> TYPES = List.of(Answers.JSON, Answers.YAML, Protobuf.MEDIA_TYPE);

    private EncodedReply() {}

    /** The reply as the client wants it; what has no protobuf stays JSON. */
    public static Reply of(Protobuf protobuf, Request request, Reply reply) {
        String accept = request.header("accept");
        if (accept == null
                || accept.equals(Answers.JSON)
                || !(reply instanceof Reply.Whole whole)
                || !Answers.JSON.equals(reply.header("content-type"))
                || whole.body().length == 0) {
            return reply;
        }
        Accept.Range first = Accept.of(accept).first(TYPES);
        String type = first == null ? "" : first.type();
        byte[] body = switch (type) {
            case Answers.YAML -> Yaml.write(Json.object(whole.body())).getBytes(StandardCharsets.UTF_8);
            case Protobuf.MEDIA_TYPE -> protobuf.write(Json.object(whole.body()));
            default -> null;
        };
        return body == null ? reply : encoded(whole, type, body);
    }

    private static Reply encoded(Reply.Whole reply, String type, byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>(reply.headers());
        headers.put("content-type", type);
        return new Reply.Whole(reply.status(), Map.copyOf(headers), body);
    }
}
