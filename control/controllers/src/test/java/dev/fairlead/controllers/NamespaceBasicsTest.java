// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.SystemTime;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class NamespaceBasicsTest {
    private static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));
    private static final ObjectName ACCOUNT = new ObjectName("shop", "default");
    private static final ObjectName ROOT = new ObjectName("shop", "kube-root-ca.crt");

    @Test
    void every_namespace_has_an_account_and_the_root_certificate_again_and_again() throws Exception {
        try (SystemTime time = new SystemTime();
                Store store = MemoryStore.open();
                ApiServer api = new ApiServer(ApiServer.Parts.of(
                        store,
                        ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                        time,
                        new Random(1),
                        (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])));
                Controllers controllers =
                        new Controllers(api, Controllers.USER, time, 1).withNamespaceBasics("the certificate")) {
            ApiClient client = new ApiClient(api, "test", ADMIN, warning -> {});
            assertThat(controllers.start(Duration.ofSeconds(30))).isTrue();
            await(client, Resources.SERVICE_ACCOUNTS, new ObjectName("kube-system", "default"), object -> true);
            client.create(
                    Resources.NAMESPACES,
                    Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", "shop")));
            Tree account = await(client, Resources.SERVICE_ACCOUNTS, ACCOUNT, object -> true);
            await(client, Resources.CONFIG_MAPS, ROOT, NamespaceBasicsTest::right);
            String uid = account.tree("metadata").text("uid", "");
            client.deleteIfThere(Resources.SERVICE_ACCOUNTS, ACCOUNT, Deletion.of(uid));
            await(
                    client,
                    Resources.SERVICE_ACCOUNTS,
                    ACCOUNT,
                    object -> !object.tree("metadata").text("uid", "").equals(uid));
            client.patch(Resources.CONFIG_MAPS, ROOT, new Patch.Merge(Map.of("data", Map.of("ca.crt", "forged"))));
            await(client, Resources.CONFIG_MAPS, ROOT, NamespaceBasicsTest::right);
        }
    }

    private static boolean right(Tree map) {
        return map.tree("data").text("ca.crt", "").equals("the certificate");
    }

    private static Tree await(ApiClient client, Resource kind, ObjectName name, Predicate<Tree> wanted)
            throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            Tree found = client.find(kind, name);
            if (found != null && wanted.test(found)) {
                return found;
            }
            assertThat(System.nanoTime()).as("%s %s", kind, name).isLessThan(deadline);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
