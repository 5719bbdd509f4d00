// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.TinyApi;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventsTest {
    private static final Events.About POD = new Events.About("v1", "Pod", "shop", "web", "u1");

    private final FakeTime time = new FakeTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final LinkedBlockingQueue<Request> asked = new LinkedBlockingQueue<>();
    private volatile int refuse;

    private Reply answer(Request request) {
        int code = refuse; // before the test goes on
        asked.add(request);
        return code == 0
                ? new Reply.Whole(200, Map.of(), "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                : TinyApi.status(code, "Refused", "no");
    }

    private Request next() throws InterruptedException {
        Request request = asked.poll(30, TimeUnit.SECONDS);
        assertThat(request).isNotNull();
        return request;
    }

    @Test
    void the_same_event_again_raises_the_count_and_a_later_one_is_new() throws Exception {
        try (Events events = new Events(new ApiClient(this::answer, "test"), time, "kubelet", "n1")) {
            events.warning(POD, "BackOff", "restarting");
            Request created = next();
            Tree event = new Tree(Json.object(created.body()));
            assertThat(created.method() + " " + created.path()).isEqualTo("POST /api/v1/namespaces/shop/events");
            assertThat(event.tree("involvedObject").fields())
                    .isEqualTo(
                            Map.of("apiVersion", "v1", "kind", "Pod", "namespace", "shop", "name", "web", "uid", "u1"));
            assertThat(event.tree("source").fields()).isEqualTo(Map.of("component", "kubelet", "host", "n1"));
            assertThat(event.text("type")).isEqualTo("Warning");
            assertThat(event.text("firstTimestamp")).isEqualTo("2026-01-01T00:00:00Z");

            time.advance(Duration.ofSeconds(5));
            events.warning(POD, "BackOff", "restarting");
            Request counted = next();
            assertThat(counted.method() + " " + counted.path())
                    .isEqualTo("PATCH /api/v1/namespaces/shop/events/"
                            + event.tree("metadata").text("name"));
            assertThat(Json.object(counted.body()))
                    .isEqualTo(Map.of("count", 2L, "lastTimestamp", "2026-01-01T00:00:05Z"));

            events.normal(POD, "Started", "started");
            assertThat(next().method()).isEqualTo("POST");
            time.advance(Duration.ofMinutes(11));
            events.warning(POD, "BackOff", "restarting");
            assertThat(next().method()).isEqualTo("POST");
        }
    }

    @Test
    void a_refused_event_is_dropped_and_one_that_vanished_is_told_anew() throws Exception {
        try (Events events = new Events(new ApiClient(this::answer, "test"), time, "kubelet", "")) {
            refuse = 403;
            events.normal(POD, "Started", "one");
            next();
            refuse = 0;
            events.normal(POD, "Started", "two");
            next();
            refuse = 404;
            events.normal(POD, "Started", "two");
            assertThat(next().method()).isEqualTo("PATCH");
            assertThat(next().method()).isEqualTo("POST");
        }
    }
}
