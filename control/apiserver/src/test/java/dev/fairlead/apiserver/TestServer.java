// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.time.SystemTime;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** An API server over an empty store. */
final class TestServer implements AutoCloseable {
    private final SystemTime time = new SystemTime();
    private final Store store = MemoryStore.open();
    private final ApiServer api;

    TestServer() {
        this(Duration.ofMinutes(1));
    }

    TestServer(Duration bookmarks) {
        this(bookmarks, null);
    }

    /** @param clock null for the machine's own */
    TestServer(Duration bookmarks, Time clock) {
        this(bookmarks, clock, network("10.96.0.0/16"));
    }

    /** A server whose Services have these blocks. */
    static TestServer with(String... serviceCidrs) {
        return new TestServer(Duration.ofMinutes(1), null, network(serviceCidrs));
    }

    private static ClusterNetwork network(String... serviceCidrs) {
        return ClusterNetwork.of(Arrays.stream(serviceCidrs).map(Cidr::of).toArray(Cidr[]::new));
    }

    /** Another server over the same store, as after a restart with other settings. */
    ApiServer again(String... serviceCidrs) {
        api.close();
        return start(Duration.ofMinutes(1), time, network(serviceCidrs));
    }

    /** @param clock null for the machine's own */
    TestServer(Duration bookmarks, Time clock, ClusterNetwork network) {
        api = start(bookmarks, clock == null ? time : clock, network);
    }

    private ApiServer start(Duration bookmarks, Time clock, ClusterNetwork network) {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        return new ApiServer(new ApiServer.Parts(
                store,
                network,
                clock,
                new Random(seed),
                (pod, container, options) -> Answers.text(200, "logs of " + container + "\n"),
                bookmarks));
    }

    ApiServer api() {
        return api;
    }

    Store store() {
        return store;
    }

    SystemTime time() {
        return time;
    }

    @Override
    public void close() {
        api.close();
        store.close();
        time.close();
    }
}
