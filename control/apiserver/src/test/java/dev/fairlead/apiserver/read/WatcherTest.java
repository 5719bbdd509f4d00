// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.objects.Forms;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Retention;
import dev.fairlead.store.Store;
import dev.fairlead.store.Watch;
import dev.fairlead.store.Write;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Signalled;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.protobuf.Protobuf;
import dev.fairlead.wire.schema.Schema;
import dev.fairlead.wire.time.testing.FakeTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a watch costs the store, and when it says what, by a clock moved by hand. */
@Timeout(90)
class WatcherTest {
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final String MAPS = "/api/v1/namespaces/default/configmaps?watch=true";

    private final FakeTime time = new FakeTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final Store store = MemoryStore.open(new Retention(2000, 64 << 20));
    private final AtomicInteger open = new AtomicInteger();
    private final Watcher watcher = new Watcher(
            counted(),
            new Forms(time, new Protobuf(Schema.load())),
            time,
            new Random(1),
            PERIOD,
            new Metrics(),
            Kinds::served);

    @AfterEach
    void close() {
        store.close();
    }

    /** The store, counting the watches that are open. */
    private Store counted() {
        return proxy(Store.class, store, (name, result) -> {
            if (!name.equals("watch")) {
                return result;
            }
            open.incrementAndGet();
            return proxy(Watch.class, (Watch) result, (called, given) -> {
                if (called.equals("close")) {
                    open.decrementAndGet();
                }
                return given;
            });
        });
    }

    private interface Seen {
        Object called(String method, Object result);
    }

    private static <T> T proxy(Class<T> type, T real, Seen seen) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, args) -> {
            try {
                return seen.called(method.getName(), method.invoke(real, args));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private Signalled watch(String path) {
        Request request = Request.of("GET", path);
        Call call = new Call(
                request,
                Objects.requireNonNull(Target.of(request.path(), Kinds.served())),
                Query.of(path),
                new Request.User("admin", Set.of()),
                Accept.of(null).choose(false));
        return (Signalled) ((Reply.Streamed) watcher.watch(call)).stream();
    }

    private void put(String namespace, String name, String color) throws Exception {
        String object = "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"color\":\"" + color + "\"}}}";
        store.commit(List.of(
                Write.put("/registry/configmaps/" + namespace + "/" + name, object.getBytes(UTF_8), Expect.any())));
    }

    private static Tree event(byte[] piece) {
        return new Tree(Json.object(piece));
    }

    private static String told(byte[] piece) {
        Tree event = event(piece);
        return event.text("type", "") + " "
                + event.tree("object").tree("metadata").text("name", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "&timeoutSeconds=soon",
                "&timeoutSeconds=99999999999999999999",
                "&labelSelector=%21%21",
                "&fieldSelector=data=x",
                "&resourceVersion=x",
                "&resourceVersion=99"
            })
    void aRefusedWatchLeavesNothingOpen(String options) {
        assertThatThrownBy(() -> watch(MAPS + options)).isInstanceOf(Refusal.class);
        assertThat(open).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {31_536_001, 9_223_372_036L, 9_223_372_037L, Long.MAX_VALUE})
    void aVeryLongWatchIsJustLong(long seconds) {
        Signalled watch = watch(MAPS + "&timeoutSeconds=" + seconds);
        assertThat(watch.left()).isEqualTo(Duration.ofDays(365));
        assertThat(watch.poll()).isEmpty();
        watch.close();
        assertThat(open).hasValue(0);
    }

    @Test
    void aWatchEndsInItsTime() {
        Signalled watch = watch(MAPS + "&timeoutSeconds=10");
        assertThat(watch.poll()).isEmpty();
        assertThat(watch.patience()).isEqualTo(Duration.ofSeconds(10));
        time.advance(Duration.ofSeconds(9));
        assertThat(watch.left()).isEqualTo(Duration.ofSeconds(1));
        time.advance(Duration.ofSeconds(2));
        assertThat(watch.left()).isZero();
        assertThat(watch.poll()).isNull();
        assertThat(open).hasValue(0);
    }

    @Test
    void aSelectiveWatchLooksAtSomeEventsAtATime() throws Exception {
        Signalled watch = watch(MAPS + "&labelSelector=color=red");
        assertThat(watch.poll()).isEmpty();
        for (int i = 0; i < 1500; i++) {
            put("default", "blue" + i, "blue");
        }
        put("default", "one", "red");
        int polls = 1;
        byte[] piece = watch.poll();
        while (piece != null && piece.length == 0) {
            assertThat(watch.patience()).as("more at once").isZero();
            piece = watch.poll();
            polls++;
        }
        assertThat(told(piece)).isEqualTo("ADDED one");
        assertThat(polls).isGreaterThan(1500 / 512 + 1);
        assertThat(watch.poll()).isEmpty();
        assertThat(watch.patience()).isEqualTo(PERIOD);
    }

    @Test
    void whoWaitsGetsTheSame() throws Exception {
        Signalled watch = watch(MAPS + "&labelSelector=color=red");
        for (int i = 0; i < 1500; i++) {
            put("default", "blue" + i, "blue");
        }
        put("default", "one", "red");
        assertThat(told(watch.next())).isEqualTo("ADDED one");
        put("default", "one", "blue");
        assertThat(told(watch.next())).isEqualTo("DELETED one");
    }

    @Test
    void aBookmarkTellsOfNow() throws Exception {
        Signalled watch = watch(MAPS + "&allowWatchBookmarks=true");
        assertThat(watch.poll()).isEmpty();
        put("elsewhere", "a", "blue");
        put("elsewhere", "b", "blue");
        time.advance(PERIOD);
        Tree bookmark = event(watch.poll());
        assertThat(bookmark.text("type")).isEqualTo("BOOKMARK");
        assertThat(bookmark.tree("object").tree("metadata").text("resourceVersion"))
                .isEqualTo(Long.toString(store.revision()));
        assertThat(watch.poll()).as("once a period").isEmpty();
    }

    @Test
    void aLastBookmarkComesBeforeTheEnd() throws Exception {
        Signalled watch = watch(MAPS + "&allowWatchBookmarks=true&timeoutSeconds=10");
        assertThat(watch.poll()).isEmpty();
        assertThat(watch.patience()).isEqualTo(Duration.ofSeconds(8));
        put("elsewhere", "a", "blue");
        time.advance(Duration.ofSeconds(8));
        Tree bookmark = event(watch.poll());
        assertThat(bookmark.text("type")).isEqualTo("BOOKMARK");
        assertThat(bookmark.tree("object").tree("metadata").text("resourceVersion"))
                .isEqualTo(Long.toString(store.revision()));
        assertThat(watch.poll()).as("once").isEmpty();
        assertThat(watch.patience()).isEqualTo(Duration.ofSeconds(2));
        time.advance(Duration.ofSeconds(2));
        assertThat(watch.poll()).isNull();
    }

    @Test
    void aWatchThatIsNearlyOverWhenItBeginsHasNoLastBookmark() {
        Signalled watch = watch(MAPS + "&allowWatchBookmarks=true&timeoutSeconds=2");
        assertThat(watch.poll()).isEmpty();
        time.advance(Duration.ofSeconds(1));
        assertThat(watch.poll()).isEmpty();
        time.advance(Duration.ofSeconds(1));
        assertThat(watch.poll()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&resourceVersion=0"})
    void whoWantsNoInitialEventsHearsFromNowOn(String revision) throws Exception {
        put("default", "old", "blue");
        Signalled watch = watch(MAPS + "&sendInitialEvents=false&resourceVersionMatch=NotOlderThan" + revision);
        assertThat(watch.poll()).isEmpty();
        put("default", "new", "blue");
        assertThat(told(watch.poll())).isEqualTo("ADDED new");
    }

    @Test
    void whoTakesNoBookmarksHearsNotWhereTheInitialEventsEnd() throws Exception {
        put("default", "old", "blue");
        Signalled watch = watch(MAPS + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
        assertThat(told(watch.poll())).isEqualTo("ADDED old");
        assertThat(watch.poll()).isEmpty();
    }

    @Test
    void whatCameGoesBeforeTheBookmark() throws Exception {
        Signalled watch = watch(MAPS + "&allowWatchBookmarks=true");
        assertThat(watch.poll()).isEmpty();
        put("default", "a", "blue");
        time.advance(PERIOD);
        assertThat(told(watch.poll())).isEqualTo("ADDED a");
        assertThat(told(watch.poll())).isEqualTo("BOOKMARK ");
    }

    @Test
    void anIdleWatchKeepsUpWithTheHistory() throws Exception {
        Signalled watch = watch(MAPS);
        for (int minute = 0; minute < 4; minute++) {
            assertThat(watch.poll()).isEmpty();
            assertThat(watch.patience()).isEqualTo(PERIOD);
            for (int i = 0; i < 1500; i++) {
                put("elsewhere", "a", "blue");
            }
            time.advance(PERIOD);
        }
        assertThat(watch.poll())
                .as("what it is woken for when nothing has come")
                .isEmpty();
        put("default", "mine", "blue");
        assertThat(told(watch.poll())).isEqualTo("ADDED mine");
    }
}
