// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.time.SystemTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An informer over TLS, while the real server goes away and comes back, with changes in between. */
@Timeout(90)
class ServerRestartTest {
    @TempDir
    Path folder;

    private final SystemTime time = new SystemTime();
    private final AtomicInteger lists = new AtomicInteger();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    /** What somebody believes who only listens. */
    private final Map<String, String> believed = new TreeMap<>();

    private RealServer server;
    private HttpsApi https;
    private Informer<String> informer;

    @BeforeEach
    void follow() throws Exception {
        server = new RealServer(folder, time);
        for (int i = 0; i < 10; i++) {
            server.put("o" + i, "first");
        }
        https = new HttpsApi(server.connection());
        Api counting = request -> {
            if (request.target().contains("limit=")) {
                lists.incrementAndGet();
            }
            return https.call(request);
        };
        informer = new Informer<>(
                new ApiClient(counting, "test"),
                Resources.CONFIG_MAPS,
                Selection.ALL,
                object -> object.tree("data").text("value", ""),
                time,
                new Random(1));
        informer.handle((ObjectName name, @Nullable String old, @Nullable String now, long revision) -> {
            synchronized (believed) {
                String before = now == null ? believed.remove(name.name()) : believed.put(name.name(), now);
                if (!Objects.equals(before, old)) {
                    wrong.add(name + ": believed " + before + ", told " + old);
                }
            }
        });
        informer.start();
        assertThat(informer.awaitSynced(Duration.ofSeconds(30))).isTrue();
    }

    @AfterEach
    void stop() {
        informer.close();
        https.close();
        server.close();
        time.close();
    }

    /** Something of everything: a change, a deletion, a new object under an old name, a new one. */
    private void change(String to) throws Exception {
        server.put("o1", to);
        server.remove("o2");
        server.remove("o3");
        server.put("o3", to);
        server.put("new-" + to, to);
    }

    private void awaitTheSame() throws Exception {
        Map<String, String> truth = server.state();
        Callable<Boolean> same = () -> {
            synchronized (believed) {
                return believed.equals(truth);
            }
        };
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!same.call() && System.nanoTime() < end) {
            LockSupport.parkNanos(2_000_000);
        }
        synchronized (believed) {
            assertThat(believed).isEqualTo(truth);
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatChangedWhileNobodyListenedIsToldWithoutAnotherList() throws Exception {
        change("a");
        awaitTheSame();
        int before = lists.get();

        server.stopListening();
        change("b");
        server.listen();
        awaitTheSame();

        assertThat(lists.get()).isEqualTo(before);
    }

    @Test
    void aServerThatHasForgottenItsHistoryIsListedAgain() throws Exception {
        awaitTheSame();
        int before = lists.get();

        server.stopListening();
        change("c");
        server.reopen();
        change("d");
        server.listen();
        awaitTheSame();

        assertThat(lists.get()).isGreaterThan(before);
        Tree last = server.inside().get(Resources.CONFIG_MAPS, new ObjectName("default", "o1"));
        assertThat(informer.get(new ObjectName("default", "o1")))
                .isEqualTo(last.tree("data").text("value", ""));
    }

    @Test
    void restartsUnderChangesLoseNothing() throws Exception {
        for (int i = 0; i < 3; i++) {
            change("before-" + i);
            server.stopListening();
            if (i % 2 == 0) {
                server.reopen();
            }
            server.listen();
            change("after-" + i);
        }
        awaitTheSame();
    }
}
