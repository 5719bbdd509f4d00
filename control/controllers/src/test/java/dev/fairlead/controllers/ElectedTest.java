// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.record.Leader;
import dev.fairlead.client.record.Lease;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.SystemTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Two API servers over one store, each with controllers that would lead. */
class ElectedTest {
    private static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));

    private static ApiServer server(Store store, SystemTime time) {
        return new ApiServer(ApiServer.Parts.of(
                store,
                ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                time,
                new Random(7),
                (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])));
    }

    private static void await(String what, BooleanSupplier soon) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!soon.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void service(ApiClient client, String name) throws Exception {
        client.create(
                Resources.SERVICES,
                Values.object(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Service",
                        "metadata",
                        Values.object("name", name, "namespace", "default"),
                        "spec",
                        Values.object(
                                "selector", Values.object("app", "web"),
                                "ports", List.of(Values.object("port", 80L)))));
    }

    private static long slices(ApiClient client) {
        try {
            return client.list(
                            Resources.ENDPOINT_SLICES,
                            Selection.in("default")
                                    .labelled(Map.of(
                                            "endpointslice.kubernetes.io/managed-by",
                                            "endpointslice-controller.k8s.io")))
                    .items()
                    .size();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void one_leads_and_when_it_stops_the_other_goes_on() throws Exception {
        try (Store store = MemoryStore.open();
                SystemTime time = new SystemTime();
                ApiServer one = server(store, time);
                ApiServer other = server(store, time);
                Leader second = Controllers.elected(other, ADMIN, time, "other", () -> 2)) {
            ApiClient client = new ApiClient(other, "test", ADMIN, warning -> {});
            Leader first = Controllers.elected(one, ADMIN, time, "one", () -> 1);
            first.start();
            await("one leads", first::leading);
            second.start();
            service(client, "a");
            await("a slice", () -> slices(client) == 1);
            assertThat(second.leading()).isFalse();
            first.close();
            assertThat(first.leading()).isFalse();
            assertThat(Lease.State.from(
                                    client.get(Resources.LEASES, new ObjectName("kube-system", "fairlead-controllers")))
                            .holder())
                    .isNotEqualTo("one");
            service(client, "b");
            await("the other leads", second::leading);
            await("another slice", () -> slices(client) == 2);
        }
    }
}
