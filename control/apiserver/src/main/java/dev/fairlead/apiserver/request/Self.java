// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The server as a client of its own, through its own front door, so that what it makes is like everything else. */
public final class Self {
    private static final System.Logger LOG = System.getLogger(Self.class.getName());

    private final Api server;
    private final User user;

    /** Requests to {@code server} in the name of {@code user}. */
    public Self(Api server, User user) {
        this.server = server;
        this.user = user;
    }

    /** Creates an object; the status code. */
    public int create(String path, Map<String, Object> object) {
        return send(Request.of("POST", path).with(Json.write(object), "application/json"));
    }

    /** Replaces an object; the status code. */
    public int update(String path, Map<String, Object> object) {
        return send(Request.of("PUT", path).with(Json.write(object), "application/json"));
    }

    /** Merges into an object; the status code. */
    public int patch(String path, Map<String, Object> patch) {
        return send(Request.of("PATCH", path).with(Json.write(patch), "application/merge-patch+json"));
    }

    /** Deletes an object, or all of a collection; the status code. */
    public int delete(String path) {
        return send(Request.of("DELETE", path));
    }

    /** An object, or null. */
    public @Nullable Tree get(String path) {
        try {
            Reply reply = server.call(Request.of("GET", path).as(user));
            return reply.status() == 200 && reply instanceof Reply.Whole whole
                    ? new Tree(Json.object(whole.body()))
                    : null;
        } catch (IOException impossible) {
            throw new IllegalStateException("in this process nothing lies between", impossible);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private int send(Request request) {
        try {
            Reply reply = server.call(request.as(user));
            int status = reply.status();
            if (status >= 300 && status != 404 && status != 409) {
                String why = reply instanceof Reply.Whole whole ? new String(whole.body(), StandardCharsets.UTF_8) : "";
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the server could not " + request.method() + " " + request.target() + ": " + why);
            }
            return status;
        } catch (IOException impossible) {
            throw new IllegalStateException("in this process nothing lies between", impossible);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 503;
        }
    }
}
