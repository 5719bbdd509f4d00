// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The life of a ServiceCIDR: it becomes ready, gives addresses, ends when nobody needs it. */
@Timeout(90)
class ServiceCidrsTest {
    private static final ObjectName EXTRA = new ObjectName("", "extra");
    private static final ObjectName USER = new ObjectName("default", "user");

    @Test
    void a_block_comes_serves_and_goes() throws Exception {
        try (Cluster cluster = new Cluster()) {
            cluster.apply("""
                    apiVersion: networking.k8s.io/v1
                    kind: ServiceCIDR
                    metadata: {name: extra}
                    spec: {cidrs: [10.200.0.0/28]}
                    """);
            await(() -> ready(cluster).text("status", "").equals("True"));
            assertThat(ready(cluster).text("message")).isEqualTo("Kubernetes Service CIDR is ready");
            assertThat(extra(cluster).tree("metadata").texts("finalizers"))
                    .containsExactly("networking.k8s.io/service-cidr-finalizer");
            cluster.apply(service("user", "10.200.0.5"));
            cluster.client.delete(Resources.SERVICE_CIDRS, EXTRA, Deletion.DEFAULT);
            await(() -> ready(cluster).text("reason", "").equals("Terminating"));
            assertThat(ready(cluster).text("status")).isEqualTo("False");
            assertThat(ready(cluster).text("message")).contains("10.200.0.5 by Service default/user");
            assertThatThrownBy(() -> cluster.apply(service("late", "10.200.0.6")))
                    .isInstanceOf(ApiError.class)
                    .hasMessageContaining("does not match the current range");
            cluster.client.delete(Resources.SERVICES, USER, Deletion.DEFAULT);
            await(() -> cluster.client.find(Resources.SERVICE_CIDRS, EXTRA) == null);
        }
    }

    private static String service(String name, String address) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec: {clusterIP: %s, ports: [{port: 80}]}
                """.formatted(name, address);
    }

    private static Tree extra(Cluster cluster) throws Exception {
        return cluster.client.get(Resources.SERVICE_CIDRS, EXTRA);
    }

    private static Tree ready(Cluster cluster) throws Exception {
        return extra(cluster).tree("status").trees("conditions").stream()
                .filter(condition -> condition.text("type", "").equals("Ready"))
                .findFirst()
                .orElse(Tree.EMPTY);
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        Instant deadline = Instant.now().plusSeconds(40);
        while (!condition.call()) {
            assertThat(Instant.now()).as("in time").isBefore(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
