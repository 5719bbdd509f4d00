// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Api;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lists and watches against a model: writers change objects at random, watchers list, watch, break off and resume at random. What a
 * watcher was told, from its list on, must be the history as its selector sees it, change by change: no gap, no duplicate.
 */
@Timeout(120)
class WatchModelTest {
    private static final String MAPS = ApiContract.CONFIG_MAPS;
    private static final int WRITERS = 3;
    private static final int CHANGES = 150;
    private static final int WATCHERS = 6;

    @TempDir
    Path folder;

    /** A change as it happened: what the object was labelled and held before and after; null where it was not there. */
    private record Change(long revision, String name, Held before, Held after) {}

    /** What an object held. */
    private record Held(String label, String value) {}

    /** Everything that happened, in order. A change and its place in the list are one step. */
    private static final class History {
        private final ReentrantLock lock = new ReentrantLock();
        private final List<Change> changes = new ArrayList<>();
        private final Map<String, Held> now = new TreeMap<>();
        private boolean over;

        void make(TestServer server, Client api, String name, Held after) {
            lock.lock();
            try {
                Held before = now.get(name);
                String body = after == null
                        ? ""
                        : "{metadata: {name: " + name + ", labels: {l: " + after.label + "}}, data: {v: '" + after.value
                                + "'}}";
                if (after == null) {
                    api.delete(MAPS + "/" + name).is(200);
                    now.remove(name);
                } else if (before == null) {
                    api.post(MAPS, body).is(201);
                } else {
                    api.put(MAPS + "/" + name, body).is(200);
                }
                if (after != null) {
                    now.put(name, after);
                }
                changes.add(new Change(server.store().revision(), name, before, after));
            } finally {
                lock.unlock();
            }
        }

        /** What a watcher of {@code label} (empty for all) is told of the changes after a revision. */
        List<String> told(String label, long after) {
            lock.lock();
            try {
                List<String> told = new ArrayList<>();
                for (Change change : changes) {
                    boolean was = change.before != null && (label.isEmpty() || change.before.label.equals(label));
                    boolean is = change.after != null && (label.isEmpty() || change.after.label.equals(label));
                    if (change.revision > after && (was || is)) {
                        String type = !is ? "DELETED" : was ? "MODIFIED" : "ADDED";
                        Held shown = is ? change.after : change.before;
                        told.add(type + " " + change.name + "=" + shown.value + " at " + change.revision);
                    }
                }
                return told;
            } finally {
                lock.unlock();
            }
        }

        void end(TestServer server, Client api) {
            lock.lock();
            try {
                over = true;
            } finally {
                lock.unlock();
            }
            make(server, api, "last", new Held("a", "end"));
            make(server, api, "last", new Held("b", "end"));
        }

        boolean over() {
            lock.lock();
            try {
                return over;
            } finally {
                lock.unlock();
            }
        }
    }

    @Test
    void in_the_process() throws Exception {
        try (TestServer server = new TestServer()) {
            run(server, server.api());
        }
    }

    @Test
    void over_the_network() throws Exception {
        try (TestServer server = new TestServer()) {
            Pki pki = Pki.open(folder.resolve("pki"), server.time());
            try (HttpsServer https = HttpsServer.start(
                            new HttpsServer.Settings(
                                    "127.0.0.1",
                                    0,
                                    pki.server(Set.of("127.0.0.1")),
                                    pki.authority(),
                                    new Identities(Map.of()),
                                    Limits.STANDARD),
                            server.api());
                    HttpApi api = new HttpApi(
                            https.url(),
                            pki.authority(),
                            pki.client("admin", Client.ADMIN),
                            HttpClient.Version.HTTP_2)) {
                run(server, api);
            }
        }
    }

    private static void run(TestServer server, Api api) throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        History history = new History();
        Client client = new Client(api);
        List<Future<?>> writing = new ArrayList<>();
        List<Future<?>> watching = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WATCHERS; i++) {
                long own = random.nextLong();
                watching.add(threads.submit(() -> watch(client, history, new Random(own))));
            }
            for (int i = 0; i < WRITERS; i++) {
                long own = random.nextLong();
                writing.add(threads.submit(() -> write(server, client, history, new Random(own))));
            }
            for (Future<?> writer : writing) {
                writer.get();
            }
            history.end(server, client);
            for (Future<?> watcher : watching) {
                watcher.get();
            }
        }
    }

    private static void write(TestServer server, Client api, History history, Random random) {
        for (int i = 0; i < CHANGES; i++) {
            String name = "m" + random.nextInt(8);
            history.lock.lock(); // so that what is deleted is there
            try {
                boolean delete = history.now.containsKey(name) && random.nextInt(3) == 0;
                String label = random.nextBoolean() ? "a" : "b";
                history.make(server, api, name, delete ? null : new Held(label, Long.toString(random.nextLong(), 36)));
            } finally {
                history.lock.unlock();
            }
        }
    }

    /** Lists, then watches with breaks until it has seen the last change there is for it. */
    private static void watch(Client api, History history, Random random) {
        String label = List.of("", "a", "b").get(random.nextInt(3));
        String selector = label.isEmpty() ? "" : "&labelSelector=l%3D" + label;
        long from = Long.parseLong(
                api.get(MAPS + "?limit=" + random.nextInt(4) + selector).is(200).version());
        List<String> told = new ArrayList<>();
        long at = from;
        boolean done = false;
        while (!done) {
            int breakAfter = 1 + random.nextInt(40);
            boolean bookmarks = random.nextBoolean();
            String path = MAPS + "?watch=true&timeoutSeconds=30&resourceVersion=" + at + selector
                    + (bookmarks ? "&allowWatchBookmarks=true" : "");
            try (Events events = api.watch(path)) {
                for (int i = 0; i < breakAfter && !done; i++) {
                    Tree event = events.event();
                    assertThat(event).as("a watch ended before its time").isNotNull();
                    Tree object = event.tree("object");
                    at = Long.parseLong(object.tree("metadata").text("resourceVersion", ""));
                    String type = event.text("type", "");
                    if (!type.equals("BOOKMARK")) {
                        String name = object.tree("metadata").text("name", "");
                        told.add(type + " " + name + "=" + object.tree("data").text("v", "") + " at " + at);
                        // Of its two last changes the first is seen under label a and by all, the second under b and by
                        // all.
                        done = name.equals("last") && history.over() && (!label.isEmpty() || type.equals("MODIFIED"));
                    }
                }
            }
        }
        List<String> expected = history.told(label, from);
        // Under label a the last object comes, and goes after that: a watcher may stop before it is told so.
        assertThat(told).as("label '%s' from %d", label, from).isEqualTo(expected.subList(0, told.size()));
        assertThat(expected.size() - told.size()).isLessThanOrEqualTo(label.equals("a") ? 1 : 0);
    }
}
