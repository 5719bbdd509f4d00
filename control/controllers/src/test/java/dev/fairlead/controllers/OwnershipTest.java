// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.SystemTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Orphans are taken on by owners that stay, whatever is remembered of those. */
class OwnershipTest {
    private static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));

    private static ObjectMeta make(ApiClient client, String name, List<Object> finalizers) throws Exception {
        Map<String, Object> metadata = Map.of("name", name, "namespace", "default", "finalizers", finalizers);
        Tree made = client.create(
                Resources.CONFIG_MAPS, Map.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", metadata));
        return ObjectMeta.from(made);
    }

    private static long adopt(ApiClient client, ObjectMeta child, OwnerReference owner) throws Exception {
        return Ownership.adopt(client, Resources.CONFIG_MAPS, child, owner, Resources.CONFIG_MAPS, "default");
    }

    @Test
    void anOwnerThatIsAboutToGoTakesNothingOn() throws Exception {
        try (SystemTime time = new SystemTime();
                Store store = MemoryStore.open();
                ApiServer api = new ApiServer(ApiServer.Parts.of(
                        store,
                        ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                        time,
                        new Random(1),
                        (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])))) {
            ApiClient client = new ApiClient(api, "test", ADMIN, warning -> {});
            ObjectMeta owner = make(client, "owner", List.of("example.com/later"));
            OwnerReference reference = Ownership.controller("v1", "ConfigMap", owner);
            assertThat(adopt(client, make(client, "one", List.of()), reference)).isPositive();
            ObjectMeta two = make(client, "two", List.of());
            OwnerReference earlier = new OwnerReference("v1", "ConfigMap", "owner", "another", true, true);
            OwnerReference gone = new OwnerReference("v1", "ConfigMap", "gone", owner.uid(), true, true);
            assertThat(adopt(client, two, earlier))
                    .as("of the same name, but another")
                    .isZero();
            assertThat(adopt(client, two, gone)).isZero();
            client.deleteIfThere(Resources.CONFIG_MAPS, owner.objectName(), Deletion.of(owner.uid()));
            assertThat(adopt(client, two, reference)).as("being deleted").isZero();
            Tree left = client.get(Resources.CONFIG_MAPS, two.objectName());
            assertThat(left.tree("metadata").has("ownerReferences")).isFalse();
        }
    }
}
