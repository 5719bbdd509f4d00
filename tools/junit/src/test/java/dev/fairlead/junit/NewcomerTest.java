// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;

/** What somebody writes who has seen one example and guesses the rest. */
@Fairlead(plainHttp = true)
class NewcomerTest {
    private static final String DATABASE = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: db, namespace: shop}
            spec:
              selector: {app: db}
              ports: [{name: sql, port: 5432}]
            ---
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: shop}
            spec:
              serviceName: db
              replicas: 2
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec:
                  containers: [{name: db, image: example/db, ports: [{containerPort: 5432}]}]
            """;

    @Test
    void aPodIsAskedForRightAfterItsWorkloadWasApplied(FairleadCluster cluster) throws Exception {
        cluster.apply(DATABASE);
        cluster.pods("shop", "app=db").serveText("row");
        TestPod second = cluster.pod("shop/db-1").awaitReady();
        URI uri = cluster.service("shop/db").awaitReady().uri("sql");
        assertThat(FairleadClusterTest.get(uri)).isEqualTo("row");
        assertThat(second.log("started").logs()).contains("started");
        assertThat(cluster.listPods("shop", "app=db")).extracting(TestPod::name).containsExactly("db-0", "db-1");

        second.terminate().awaitGone();
        assertThat(cluster.pod("shop/db-1").awaitReady()).isNotEqualTo(second);
        cluster.delete(DATABASE);
        assertThat(cluster.ask("GET", "/api/v1/namespaces/shop", null).status()).isEqualTo(404);
    }

    @Test
    @Fairlead(plainHttp = true, patienceSeconds = 1)
    void aNameThatNobodyHasIsToldWithThoseNearIt(FairleadCluster cluster) {
        cluster.apply(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: cache}\nspec: {containers: [{name: c, image: example/c}]}\n");
        assertThatThrownBy(() -> cluster.pod("cahce"))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("waited 1 s for pod cahce to be there, in vain\ndid you mean \"cache\"?");
        assertThatThrownBy(() -> cluster.service("kubernets").uri())
                .hasMessage("there is no Service \"kubernets\"; did you mean \"kubernetes\"?");
        assertThatThrownBy(() -> cluster.explain("svc/kubernets")).hasMessageContaining("did you mean \"kubernetes\"?");
        assertThatThrownBy(() -> cluster.pods("app in (")).hasMessageContaining("such as app=backend");
    }
}
