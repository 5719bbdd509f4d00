// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.audit;

import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.apiserver.request.Subresource;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.protobuf.Protobuf;
import dev.fairlead.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was sent with a request.
 *
 * @param type its media type without parameters; empty when the client named none
 */
@SuppressWarnings("ArrayRecordComponent") // bytes travel as they are, nobody compares bodies
record Sent(String type, byte[] body) {
    /** What was sent to the server itself; null when nothing was, or it is for what a proxy leads to. */
    static @Nullable Sent of(Request request, @Nullable Target target) {
        boolean passedOn = target == null || target.subresource() == Subresource.PROXY;
        if (passedOn || request.body().length == 0) {
            return null;
        }
        String type = request.header("content-type");
        return new Sent(type == null ? "" : Accept.range(type).type(), request.body());
    }

    /** As a value of JSON: an object, a list of steps, or the bytes when they cannot be read. */
    Object tree(Function<byte[], Map<String, Object>> protobuf) {
        try {
            return switch (type) {
                case "application/yaml", "text/yaml", "application/apply-patch+yaml" -> yaml();
                case Protobuf.MEDIA_TYPE -> protobuf.apply(body);
                default -> {
                    boolean json = type.isEmpty() || type.equals("*/*") || type.endsWith("json");
                    // A null in a merge patch removes something; who reads the log wants to know.
                    Object value = json ? Json.read(body, Json.Nulls.KEEP).value() : null;
                    yield value == null ? bytes() : value;
                }
            };
        } catch (SyntaxException unreadable) {
            return bytes();
        }
    }

    private Object yaml() {
        List<Yaml.Document> documents = Yaml.read(new String(body, StandardCharsets.UTF_8));
        return documents.size() == 1 ? documents.getFirst().fields() : bytes();
    }

    /** The bytes as they came. */
    Map<String, Object> bytes() {
        return Map.of("contentType", type, "bytes", Base64.getEncoder().encodeToString(body));
    }
}
