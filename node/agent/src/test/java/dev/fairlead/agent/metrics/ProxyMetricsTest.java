// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Because;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Route;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.wire.Timestamps;
import dev.fairlead.wire.time.testing.FakeTime;
import dev.fairlead.wire.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyMetricsTest {
    /** kube-proxy's, without those of iptables, nftables and conntrack. */
    private static final List<String> NAMES = List.of(
            "kubeproxy_sync_proxy_rules_duration_seconds histogram",
            "kubeproxy_sync_full_proxy_rules_duration_seconds histogram",
            "kubeproxy_sync_partial_proxy_rules_duration_seconds histogram",
            "kubeproxy_network_programming_duration_seconds histogram",
            "kubeproxy_sync_proxy_rules_last_timestamp_seconds gauge",
            "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds gauge",
            "kubeproxy_sync_proxy_rules_endpoint_changes_pending gauge",
            "kubeproxy_sync_proxy_rules_endpoint_changes_total counter",
            "kubeproxy_sync_proxy_rules_service_changes_pending gauge",
            "kubeproxy_sync_proxy_rules_service_changes_total counter",
            "kubeproxy_sync_proxy_rules_no_local_endpoints_total gauge",
            "kubeproxy_proxy_healthz_total counter",
            "kubeproxy_proxy_livez_total counter");

    private final FakeTime time = new FakeTime(Instant.parse("2026-11-21T08:00:00Z"));

    private static Tree tree(String yaml) {
        return new Tree(Yaml.read(yaml).getFirst().fields());
    }

    private static EndpointSlice slice(String triggered) {
        return EndpointSlice.from(tree("{metadata: {namespace: shop, name: web-1, labels: {kubernetes.io/service-name:"
                + " web}, annotations: {endpoints.kubernetes.io/last-change-trigger-time: '" + triggered + "'}},"
                + " addressType: IPv4, ports: [{port: 8080}], endpoints: [{addresses: [10.244.0.1], nodeName: n2}]}"));
    }

    private static RouteTable table() {
        Service service = Service.from(tree("{metadata: {namespace: shop, name: web}, spec: {type: NodePort, clusterIP:"
                + " 10.96.0.1, clusterIPs: [10.96.0.1], internalTrafficPolicy: Local, externalTrafficPolicy: Local,"
                + " externalIPs: [192.0.2.1], ports: [{port: 80, nodePort: 30080}]}}"));
        return RouteTable.of(List.of(service), List.of(slice("")), Node.from(tree("{metadata: {name: n1}}")));
    }

    @Test
    void hasKubeProxysNames() {
        ProxyMetrics metrics = new ProxyMetrics(time, List.of(IpFamily.IPV4), ProxyMetricsTest::table);
        assertThat(metrics.text().lines().filter(line -> line.startsWith("# TYPE ")))
                .containsExactlyElementsOf(
                        NAMES.stream().map(name -> "# TYPE " + name).toList());
    }

    @Test
    void countsWhatHappens() {
        ProxyMetrics metrics = new ProxyMetrics(time, List.of(IpFamily.IPV4, IpFamily.IPV6), ProxyMetricsTest::table);
        Change old = new Change.SlicePut(slice("2000-01-01T00:00:00Z"));
        time.advance(Duration.ofSeconds(5));
        Change fresh = new Change.SlicePut(slice(Timestamps.micros(time.now())));
        metrics.queued(old);
        metrics.queued(fresh);
        metrics.queued(new Change.ServiceRemoved(slice("").service()));
        time.advance(Duration.ofMillis(400));
        assertThat(metrics.text())
                .contains("endpoint_changes_pending{ip_family=\"IPv4\"} 2\n")
                .contains("service_changes_pending{ip_family=\"IPv6\"} 1\n");
        metrics.programmed(List.of(old, fresh), Duration.ofMillis(3), true);
        metrics.programmed(List.of(new Change.ServiceRemoved(slice("").service())), Duration.ofMillis(1), false);
        String text = metrics.text();
        assertThat(text)
                .contains("endpoint_changes_pending{ip_family=\"IPv4\"} 0\n")
                .contains("endpoint_changes_total{ip_family=\"IPv4\"} 2\n")
                .contains("service_changes_total{ip_family=\"IPv4\"} 1\n")
                .contains("sync_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"} 2\n")
                .contains("sync_full_proxy_rules_duration_seconds_bucket{ip_family=\"IPv6\",le=\"0.004\"} 1\n")
                .contains("sync_full_proxy_rules_duration_seconds_bucket{ip_family=\"IPv6\",le=\"0.002\"} 0\n")
                .contains("sync_partial_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"} 1\n");
        assertThat(text)
                .as("changes older than the proxy do not count")
                .contains("network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.5\"} 1\n")
                .contains("network_programming_duration_seconds_count{ip_family=\"IPv4\"} 1\n");
        assertThat(text)
                .as("two entrances, one port")
                .contains("no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"external\"} 1\n")
                .contains("no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"internal\"} 1\n")
                .contains("no_local_endpoints_total{ip_family=\"IPv6\",traffic_policy=\"internal\"} 0\n");
    }

    @Test
    void tellsOfWhatIsDenied() {
        ProxyMetrics metrics = new ProxyMetrics(time, List.of(IpFamily.IPV4), ProxyMetricsTest::table);
        metrics.denials(() -> List.of(
                new DataPlane.Denied(IpFamily.IPV4, Because.Word.NO_ENDPOINTS, true, 3),
                new DataPlane.Denied(IpFamily.IPV6, Because.Word.SOURCE_NOT_ALLOWED, false, 0)));
        assertThat(metrics.text())
                .contains("# TYPE fairlead_service_denied_packets_total counter\n")
                .contains("fairlead_service_denied_packets_total{ip_family=\"IPv4\",verdict=\"reject\","
                        + "reason=\"no_endpoints\"} 3\n")
                .contains("fairlead_service_denied_packets_total{ip_family=\"IPv6\",verdict=\"drop\","
                        + "reason=\"source_not_allowed\"} 0\n");
    }

    @Test
    void tellsOfConnections() {
        ProxyMetrics metrics = new ProxyMetrics(time, List.of(IpFamily.IPV4), ProxyMetricsTest::table);
        Route.Key route = new Route.Key(new ObjectName("shop", "web"), "http", Protocol.TCP, IpFamily.IPV6);
        metrics.connections(() -> List.of(new DataPlane.Passed(route, IpAddress.of("fd00::1"), 8080, 7, null)));
        assertThat(metrics.text())
                .contains("# TYPE fairlead_service_connections_total counter\n")
                .contains("fairlead_service_connections_total{namespace=\"shop\",service=\"web\",port_name=\"http\","
                        + "protocol=\"TCP\",endpoint=\"[fd00::1]:8080\"} 7\n");
    }
}
