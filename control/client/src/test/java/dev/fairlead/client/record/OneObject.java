// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.record;

import dev.fairlead.client.TinyApi;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** An API that keeps one object with optimistic locking. */
final class OneObject implements Api {
    private Map<String, Object> object = Map.of();
    private long revision;

    @Override
    @SuppressWarnings("unchecked")
    public synchronized Reply call(Request request) {
        if (request.method().equals("GET")) {
            return object.isEmpty() ? TinyApi.status(404, "NotFound", "no") : ok();
        }
        Map<String, Object> sent = Json.object(request.body());
        String version = Tree.of(sent).tree("metadata").text("resourceVersion", "");
        if (request.method().equals("PUT") && !version.equals(String.valueOf(revision))) {
            return TinyApi.status(409, "Conflict", "changed");
        }
        object = new LinkedHashMap<>(sent);
        ((Map<String, Object>) object.get("metadata")).put("resourceVersion", String.valueOf(++revision));
        return ok();
    }

    private Reply ok() {
        return new Reply.Whole(200, Map.of(), Json.write(object));
    }
}
