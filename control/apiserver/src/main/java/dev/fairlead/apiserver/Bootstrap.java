// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Makes what every cluster has, through the server's own front door, so that it is like everything else. */
record Bootstrap(ApiServer server, User self) {
    private static final List<String> NAMESPACES = List.of("default", "kube-node-lease", "kube-public", "kube-system");

    void run() {
        for (String name : NAMESPACES) {
            ensure("/api/v1/namespaces", Map.of("metadata", Map.of("name", name)));
        }
    }

    /** Creates an object unless it is there. */
    private void ensure(String path, Map<String, Object> object) {
        try {
            Reply reply = server.call(Request.of("POST", path)
                    .with(Json.write(object), "application/json")
                    .as(self));
            if (reply.status() != 201 && reply.status() != 409) {
                String why = reply instanceof Reply.Whole whole ? new String(whole.body(), StandardCharsets.UTF_8) : "";
                throw new IllegalStateException("could not create " + object + ": " + why);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
    }
}
