// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.testing.FakePodApi;
import dev.fairlead.wire.time.SystemTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which statuses are written when they come faster than the API takes them. */
class StatusWriterTest {
    private static final ObjectName POD = new ObjectName("shop", "web");
    private static final String UID = "u1";

    private final SystemTime time = new SystemTime();
    private final FakePodApi api = new FakePodApi(time);
    private final StatusWriter writer = new StatusWriter(api, time, POD, UID);

    @BeforeEach
    void create() {
        api.create(Map.of("metadata", Map.of("namespace", POD.namespace(), "name", POD.name(), "uid", UID)));
    }

    @AfterEach
    void close() {
        writer.close();
        time.close();
    }

    private static Map<String, Object> status(String message, boolean ready) {
        return Map.of(
                "message", message, "conditions", List.of(Map.of("type", "Ready", "status", ready ? "True" : "False")));
    }

    private List<String> written() {
        return api.written().stream()
                .map(status -> Tree.of(status).text("message", ""))
                .toList();
    }

    private void quiet() throws Exception {
        writer.quiet().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aFallIsToldThoughThePodIsReadyAgain() throws Exception {
        writer.offer(status("ready", true));
        quiet();
        synchronized (api) { // nothing is written meanwhile
            writer.offer(status("killed", false));
            writer.offer(status("ready again", true));
            writer.offer(status("ready still", true));
        }
        quiet();
        assertThat(written()).containsSubsequence("ready", "killed", "ready still");
    }

    @Test
    void ofManyTheNewestAloneIsWritten() throws Exception {
        writer.offer(status("starting", false));
        quiet();
        synchronized (api) {
            writer.offer(status("taken", false)); // maybe
            for (int i = 0; i < 100; i++) {
                writer.offer(status("waiting " + i, false));
            }
            writer.offer(status("ready", true));
        }
        quiet();
        assertThat(written()).startsWith("starting").endsWith("ready").hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void aFallThatWasRefusedIsWrittenBeforeTheRise() throws Exception {
        writer.offer(status("ready", true));
        quiet();
        api.refuse(3);
        writer.offer(status("killed", false));
        writer.offer(status("ready again", true));
        quiet();
        assertThat(written()).containsExactly("ready", "killed", "ready again");
    }
}
