// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Service as the decisions see it: defaulted, validated, with its allocated addresses and ports.
 *
 * @param selector the labels of the pods behind it; null when its endpoints are somebody else's work
 * @param clusterIps the virtual addresses, primary first; empty when headless, ExternalName, or not yet allocated
 * @param headless whether clusterIP is {@code None}
 * @param affinitySeconds how long a client stays with its endpoint; 0 means no session affinity
 * @param trafficDistribution {@code PreferClose}, {@code PreferSameZone}, {@code PreferSameNode}, or null
 * @param externalName the name an ExternalName Service stands for, without trailing dot; empty otherwise
 * @param ingress the addresses a load balancer gave (status), in their order
 * @param loadBalancer what it asks of a load balancer; meaningless for other types
 * @param conditions what is said of it (status), in their order
 */
public record Service(
        ObjectMeta meta,
        ServiceType type,
        @Nullable Map<String, String> selector,
        List<ServicePort> ports,
        List<IpAddress> clusterIps,
        boolean headless,
        List<IpFamily> ipFamilies,
        List<IpAddress> externalIps,
        int affinitySeconds,
        TrafficPolicy externalTrafficPolicy,
        TrafficPolicy internalTrafficPolicy,
        @Nullable String trafficDistribution,
        List<String> loadBalancerSourceRanges,
        int healthCheckNodePort,
        boolean publishNotReadyAddresses,
        String externalName,
        List<Ingress> ingress,
        LoadBalancerRequest loadBalancer,
        List<Condition> conditions) {

    /**
     * An address a load balancer gave.
     *
     * @param vip whether the node itself handles traffic to it (ipMode VIP or unset) rather than leaving it to a proxy
     */
    public record Ingress(Optional<IpAddress> ip, String hostname, boolean vip) {}

    /** Reads a Service that the API server has defaulted and validated. */
    public static Service from(Tree object) {
        Tree spec = object.tree("spec");
        List<String> clusterIps = spec.texts("clusterIPs");
        String clusterIp = spec.text("clusterIP", "");
        boolean affine = spec.text("sessionAffinity", "None").equals("ClientIP");
        Map<String, String> selector = spec.textMap("selector");
        return new Service(
                ObjectMeta.from(object),
                ServiceType.read(spec.text("type", "ClusterIP")),
                selector.isEmpty() ? null : selector,
                List.copyOf(spec.trees("ports").stream().map(ServicePort::from).toList()),
                addresses(clusterIps.isEmpty() ? List.of(clusterIp) : clusterIps),
                clusterIp.equals("None"),
                List.copyOf(spec.texts("ipFamilies").stream()
                        .map(text -> text.equals("IPv6") ? IpFamily.IPV6 : IpFamily.IPV4)
                        .toList()),
                addresses(spec.texts("externalIPs")),
                affine ? affinitySeconds(spec) : 0,
                TrafficPolicy.read(spec.text("externalTrafficPolicy", "Cluster")),
                TrafficPolicy.read(spec.text("internalTrafficPolicy", "Cluster")),
                spec.text("trafficDistribution"),
                spec.texts("loadBalancerSourceRanges"),
                (int) spec.whole("healthCheckNodePort", 0),
                spec.truth("publishNotReadyAddresses", false),
                stripDot(spec.text("externalName", "")),
                object.tree("status").tree("loadBalancer").trees("ingress").stream()
                        .map(Service::ingress)
                        .toList(),
                LoadBalancerRequest.from(spec),
                object.tree("status").trees("conditions").stream()
                        .map(Condition::from)
                        .toList());
    }

    /** Namespace and name. */
    public ObjectName name() {
        return meta.objectName();
    }

    /** The same Service with other ports. */
    public Service withPorts(List<ServicePort> changed) {
        return new Service(
                meta,
                type,
                selector,
                List.copyOf(changed),
                clusterIps,
                headless,
                ipFamilies,
                externalIps,
                affinitySeconds,
                externalTrafficPolicy,
                internalTrafficPolicy,
                trafficDistribution,
                loadBalancerSourceRanges,
                healthCheckNodePort,
                publishNotReadyAddresses,
                externalName,
                ingress,
                loadBalancer,
                conditions);
    }

    private static int affinitySeconds(Tree spec) {
        return (int) spec.tree("sessionAffinityConfig").tree("clientIP").whole("timeoutSeconds", 10800);
    }

    private static List<IpAddress> addresses(List<String> texts) {
        return List.copyOf(
                texts.stream().flatMap(text -> IpAddress.parse(text).stream()).toList());
    }

    private static Ingress ingress(Tree tree) {
        return new Ingress(
                IpAddress.parse(tree.text("ip", "")),
                tree.text("hostname", ""),
                !tree.text("ipMode", "VIP").equals("Proxy"));
    }

    private static String stripDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
