// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import org.junit.jupiter.api.Test;

/** The controllers' numbers, as they are asked for at /metrics, follow what happens. */
final class MetricsTest {
    private static double number(Cluster cluster, String series) {
        return cluster.controllers
                .metrics()
                .text()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .sum();
    }

    @Test
    void slices_are_counted() throws Exception {
        String slices = "endpoint_slice_controller_";
        try (Cluster cluster = new Cluster()) {
            cluster.apply("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: web, namespace: default}
                    spec: {selector: {app: web}, trafficDistribution: PreferClose, ports: [{port: 80}]}
                    ---
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: web, namespace: default}
                    spec:
                      replicas: 3
                      selector: {matchLabels: {app: web}}
                      template:
                        metadata: {labels: {app: web}}
                        spec: {containers: [{name: web, image: x}]}
                    """);
            cluster.await("three endpoints", () -> number(cluster, slices + "endpoints_desired") == 3);
            assertThat(number(cluster, slices + "num_endpoint_slices")).isEqualTo(1);
            assertThat(number(cluster, slices + "desired_endpoint_slices")).isEqualTo(1);
            cluster.await(
                    "what was written is counted", () -> number(cluster, slices + "endpoints_added_per_sync_sum") == 3);
            assertThat(number(cluster, slices + "changes{operation=\"create\"}"))
                    .isEqualTo(1);
            assertThat(number(cluster, slices + "syncs{result=\"success\"}")).isPositive();
            assertThat(number(
                            cluster,
                            slices + "services_count_by_traffic_distribution{traffic_distribution=\"PreferClose\"}"))
                    .isEqualTo(1);
            assertThat(cluster.controllers.metrics().text())
                    .contains(slices
                            + "endpointslices_changed_per_sync_bucket{topology=\"Disabled\",traffic_distribution="
                            + "\"PreferClose\",le=\"0.005\"}");
            cluster.patch(Resources.DEPLOYMENTS, "web", "{spec: {replicas: 1}}");
            cluster.await("two are removed", () -> number(cluster, slices + "endpoints_removed_per_sync_sum") == 2);
        }
    }

    @Test
    void mirrored_slices_are_counted() throws Exception {
        String mirroring = "endpoint_slice_mirroring_controller_";
        try (Cluster cluster = new Cluster()) {
            cluster.apply("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: db, namespace: default}
                    spec: {ports: [{port: 80}]}
                    ---
                    apiVersion: v1
                    kind: Endpoints
                    metadata: {name: db, namespace: default}
                    subsets: [{addresses: [{ip: 192.0.2.1}, {ip: 192.0.2.2}], ports: [{port: 80}]}]
                    """);
            cluster.await("two endpoints", () -> number(cluster, mirroring + "endpoints_desired") == 2);
            cluster.await("counted", () -> number(cluster, mirroring + "endpoints_added_per_sync_sum") == 2);
            assertThat(number(cluster, mirroring + "num_endpoint_slices")).isEqualTo(1);
            assertThat(number(cluster, mirroring + "endpoints_sync_duration_count"))
                    .isPositive();
            cluster.patch(
                    Resources.ENDPOINTS,
                    "db",
                    "{subsets: [{addresses: [{ip: 192.0.2.1}], notReadyAddresses: [{ip: 192.0.2.2}], ports: [{port: 80}]}]}");
            cluster.await("one changes", () -> number(cluster, mirroring + "endpoints_updated_per_sync_sum") == 1);
            cluster.client.deleteIfThere(
                    Resources.ENDPOINTS, new ObjectName("default", "db"), dev.fairlead.client.Deletion.DEFAULT);
            cluster.await("both go", () -> number(cluster, mirroring + "endpoints_removed_per_sync_sum") == 2);
        }
    }

    @Test
    void load_balancers_are_counted() throws Exception {
        try (Cluster cluster = new Cluster()) {
            assertThat(number(cluster, "service_controller_loadbalancer_sync_total"))
                    .isZero();
            cluster.apply("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: web, namespace: default}
                    spec: {type: LoadBalancer, ports: [{port: 80}]}
                    """);
            cluster.await("asked for", () -> number(cluster, "service_controller_loadbalancer_sync_total") > 0);
            cluster.client.patch(
                    Resources.NODES,
                    new ObjectName("", "n2"),
                    new dev.fairlead.client.Patch.Merge(Values.object(
                            "metadata",
                            Values.object(
                                    "labels",
                                    Values.object(
                                            "node.kubernetes.io/exclude-from-external-load-balancers", "true")))));
            cluster.await(
                    "the nodes' change is followed",
                    () -> number(cluster, "service_controller_nodesync_latency_seconds_count") == 1);
            assertThat(number(cluster, "service_controller_update_loadbalancer_host_latency_seconds_count"))
                    .isEqualTo(1);
            assertThat(number(cluster, "service_controller_nodesync_error_total"))
                    .isZero();
        }
    }
}
