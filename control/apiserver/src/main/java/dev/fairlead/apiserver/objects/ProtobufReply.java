// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.objects;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.protobuf.Protobuf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small answers that are made as JSON (a Status, a Scale, a review), in protobuf for those who ask for it. */
public final class ProtobufReply {
    private ProtobufReply() {}

    /** The reply as the client wants it; what has no protobuf stays JSON. */
    public static Reply of(Protobuf protobuf, Request request, Reply reply) {
        String accept = request.header("accept");
        if (accept == null
                || !accept.contains(Protobuf.MEDIA_TYPE)
                || !(reply instanceof Reply.Whole whole)
                || !Answers.JSON.equals(reply.header("content-type"))
                || whole.body().length == 0) {
            return reply;
        }
        Accept.Range first = Accept.of(accept).first(List.of(Answers.JSON, Protobuf.MEDIA_TYPE));
        byte[] body = first != null && first.type().equals(Protobuf.MEDIA_TYPE) ? encoded(protobuf, whole) : null;
        if (body == null) {
            return reply;
        }
        Map<String, String> headers = new LinkedHashMap<>(whole.headers());
        headers.put("content-type", Protobuf.MEDIA_TYPE);
        return new Reply.Whole(whole.status(), Map.copyOf(headers), body);
    }

    private static byte @Nullable [] encoded(Protobuf protobuf, Reply.Whole reply) {
        return protobuf.write(Json.object(reply.body()));
    }
}
