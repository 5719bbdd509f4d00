// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.time.testing.FakeTime;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The changes are told here as an informer would; it is never started, so its revision stays 0. */
final class OwnWritesTest {
    private static final ObjectName WEB = new ObjectName("default", "web");
    private static final ObjectName SLICE = new ObjectName("default", "web-abc");

    private final List<ObjectName> again = new ArrayList<>();
    private final List<String> worked = new ArrayList<>();
    private final Informer<String> informer = new Informer<>(
            new ApiClient(request -> new Reply.Whole(404, Map.of(), new byte[0]), "test"),
            Resources.ENDPOINT_SLICES,
            Selection.ALL,
            (Tree object) -> object.text("service", ""),
            new FakeTime(Instant.EPOCH),
            new Random(1));
    private final OwnWrites<String> writes = new OwnWrites<>(
            informer,
            service -> service.isEmpty() ? List.of() : List.of(new ObjectName("default", service)),
            again::add);

    private void work(Runnable inside) throws IOException, InterruptedException {
        writes.work(WEB, key -> {
            worked.add(key.name());
            inside.run();
            return Outcome.done();
        });
    }

    @Test
    void ones_own_write_brings_its_key_back_neither_seen_late_nor_early() throws Exception {
        work(() -> writes.wrote(WEB, 7));
        writes.changed(SLICE, null, "web", 7);
        writes.reached(7);
        work(() -> {
            writes.changed(SLICE, "web", "web", 8);
            writes.wrote(WEB, 8);
        });
        writes.reached(8);
        work(() -> {});

        assertThat(again).isEmpty();
        assertThat(worked).hasSize(3);
    }

    @Test
    void a_key_asked_for_before_its_write_is_seen_is_not_worked_on_but_comes_back_then() throws Exception {
        work(() -> {
            writes.wrote(WEB, 7);
            writes.wrote(WEB, 9);
        });
        work(() -> {});
        writes.reached(8);
        assertThat(again).isEmpty();
        assertThat(writes.unseen(WEB)).isTrue();
        writes.reached(9);

        assertThat(worked).hasSize(1);
        assertThat(again).containsExactly(WEB);
        assertThat(writes.unseen(WEB)).isFalse();
    }

    @Test
    void what_others_write_brings_the_key_back_whenever_it_comes() throws Exception {
        writes.changed(SLICE, null, "web", 3);
        assertThat(again).as("while nothing is going on").containsExactly(WEB);

        work(() -> {
            writes.wrote(WEB, 5);
            writes.changed(SLICE, "web", "web", 4);
            assertThat(again).as("nobody knows yet whose it is").hasSize(1);
        });
        writes.changed(SLICE, "web", "web", 5);
        writes.reached(5);
        assertThat(again).as("while it is worked on").hasSize(2);

        work(() -> writes.wrote(WEB, 6));
        writes.changed(SLICE, "web", null, 7);
        assertThat(again).as("while a write is unseen").hasSize(3);
    }

    @Test
    void a_label_that_moves_a_slice_to_another_service_brings_both_back() {
        writes.changed(SLICE, "web", "other", 3);
        writes.changed(SLICE, "other", "", 4);

        assertThat(again).containsExactly(WEB, new ObjectName("default", "other"), new ObjectName("default", "other"));
    }

    @Test
    void a_failed_piece_of_work_leaves_nothing_behind() throws Exception {
        try {
            writes.work(WEB, key -> {
                writes.changed(SLICE, "web", "web", 4);
                throw new IOException("refused");
            });
        } catch (IOException refused) {
            worked.add("failed");
        }
        work(() -> {});

        assertThat(worked).containsExactly("failed", "web");
        assertThat(again).containsExactly(WEB);
    }
}
