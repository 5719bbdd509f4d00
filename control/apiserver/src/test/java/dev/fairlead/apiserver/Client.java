// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Short words for tests to ask an API with. */
record Client(Api api) {
    static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));

    /** A reply that is all there. */
    record Answer(int status, Tree tree, Reply reply) {
        Answer is(int wanted) {
            assertThat(status).as("%s", tree.fields()).isEqualTo(wanted);
            return this;
        }

        String message() {
            return tree.text("message", "");
        }

        String version() {
            return tree.tree("metadata").text("resourceVersion", "");
        }

        String warning() {
            String warning = reply.header("warning");
            return warning == null ? "" : warning;
        }
    }

    Answer get(String path) {
        return send(Request.of("GET", path));
    }

    Answer post(String path, String yaml) {
        return send(json("POST", path, yaml));
    }

    Answer put(String path, String yaml) {
        return send(json("PUT", path, yaml));
    }

    Answer put(String path, Tree object) {
        return send(Request.of("PUT", path).with(Json.write(object.fields()), "application/json"));
    }

    Answer merge(String path, String yaml) {
        return patch(path, "application/merge-patch+json", yaml);
    }

    Answer patch(String path, String type, String json) {
        return send(Request.of("PATCH", path).with(json.getBytes(StandardCharsets.UTF_8), type));
    }

    Answer delete(String path) {
        return send(Request.of("DELETE", path));
    }

    Answer delete(String path, String options) {
        return send(json("DELETE", path, options));
    }

    static Request json(String method, String path, String yaml) {
        return Request.of(method, path)
                .with(Json.write(Yaml.read(yaml).getFirst().fields()), "application/json");
    }

    Answer send(Request request) {
        Reply reply = raw(request);
        byte[] body = ((Reply.Whole) reply).body();
        boolean json = String.valueOf(reply.header("content-type")).startsWith("application/json") && body.length > 0;
        return new Answer(reply.status(), json ? new Tree(Json.object(body)) : Tree.EMPTY, reply);
    }

    Reply raw(Request request) {
        try {
            return api.call(request.user() == null ? request.as(ADMIN) : request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A watch, event by event. */
    Events watch(String path) {
        Reply reply = raw(Request.of("GET", path));
        if (reply instanceof Reply.Streamed streamed) {
            return new Events(streamed.stream());
        }
        throw new AssertionError(new String(((Reply.Whole) reply).body(), StandardCharsets.UTF_8));
    }
}
