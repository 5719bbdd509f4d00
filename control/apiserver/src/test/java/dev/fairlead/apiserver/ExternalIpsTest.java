// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.time.SystemTime;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that allows no new external IPs, over a store with a Service that has some. */
final class ExternalIpsTest {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String DENIED =
            "services \"%s\" is forbidden: Use of external IPs is denied by admission control";

    private final SystemTime time = new SystemTime();
    private final Store store = MemoryStore.open();
    private ApiServer server = start(true);
    private Client api = new Client(server);

    private ApiServer start(boolean externalIps) {
        return new ApiServer(ApiServer.Parts.of(
                        store,
                        ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                        time,
                        new Random(1),
                        (pod, container, options) -> Answers.text(200, ""))
                .withExternalIps(externalIps));
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
        time.close();
    }

    @Test
    void no_new_ones_but_old_ones_stay() {
        api.post(SERVICES, "metadata: {name: old}\nspec: {externalIPs: [192.0.2.1, 192.0.2.2], ports: [{port: 80}]}\n")
                .is(201);
        server.close();
        server = start(false);
        api = new Client(server);

        assertThat(api.post(SERVICES, "metadata: {name: new}\nspec: {externalIPs: [192.0.2.1], ports: [{port: 80}]}\n")
                        .is(403)
                        .message())
                .isEqualTo(DENIED.formatted("new"));
        api.post(SERVICES, "metadata: {name: plain}\nspec: {ports: [{port: 80}]}\n")
                .is(201);
        assertThat(api.merge(SERVICES + "/plain", "{\"spec\":{\"externalIPs\":[\"192.0.2.1\"]}}")
                        .is(403)
                        .message())
                .isEqualTo(DENIED.formatted("plain"));

        api.merge(SERVICES + "/old", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                .is(200);
        api.merge(SERVICES + "/old", "{\"spec\":{\"externalIPs\":[\"192.0.2.2\"]}}")
                .is(200);
        api.merge(SERVICES + "/old", "{\"spec\":{\"externalIPs\":[\"192.0.2.2\",\"192.0.2.1\"]}}")
                .is(403);
        api.merge(SERVICES + "/old/status", "{\"status\":{\"loadBalancer\":{}}}")
                .is(200);
        api.merge(SERVICES + "/old", "{\"spec\":{\"externalIPs\":null}}").is(200);
        // what is wrong in itself is told first, and a dry run is refused as well
        api.post(SERVICES, "metadata: {name: new}\nspec: {externalIPs: [127.0.0.1], ports: [{port: 80}]}\n")
                .is(422);
        api.post(
                        SERVICES + "?dryRun=All",
                        "metadata: {name: new}\nspec: {externalIPs: [192.0.2.1], ports: [{port: 80}]}\n")
                .is(403);
    }
}
