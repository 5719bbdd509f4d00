// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a Service. It must have been defaulted; its families should have been settled. */
public final class ServiceValidation {
    private static final String HINTS = "service.kubernetes.io/topology-aware-hints";
    private static final String MODE = "service.kubernetes.io/topology-mode";
    private static final String RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";
    private static final String ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'";
    private static final List<String> TYPES = List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
    private static final List<String> POLICIES = List.of("Cluster", "Local");
    private static final List<String> DISTRIBUTIONS = List.of("PreferClose", "PreferSameZone", "PreferSameNode");

    private final ServiceShape shape;
    private final Tree spec;
    private final @Nullable ServiceShape old;
    private final ClusterNetwork network;
    private final Errors errors = new Errors();

    private ServiceValidation(Tree service, @Nullable Tree old, ClusterNetwork network) {
        this.shape = new ServiceShape(service);
        this.spec = service.tree("spec");
        this.old = old == null ? null : new ServiceShape(old);
        this.network = network;
    }

    /** A new Service. */
    public static List<Invalid> create(Tree service, ClusterNetwork network) {
        ServiceValidation validation = new ServiceValidation(service, null, network);
        validation.errors.addAll(MetaValidation.create(service, Traits.NameRule.LABEL));
        return validation.all();
    }

    /** A Service that would replace {@code old}. */
    public static List<Invalid> update(Tree service, Tree old, ClusterNetwork network) {
        ServiceValidation validation = new ServiceValidation(service, old, network);
        validation.errors.addAll(MetaValidation.update(service, old));
        ServiceShape before = new ServiceShape(old);
        validation.errors.addAll(ServiceAddressRules.checkChange(validation.shape, before));
        validation.change(before);
        return validation.all();
    }

    /** A status that would replace that of {@code old}. */
    public static List<Invalid> status(Tree service, Tree old) {
        Errors errors = new Errors().addAll(MetaValidation.update(service, old));
        List<Tree> ingress = service.tree("status").tree("loadBalancer").trees("ingress");
        String path = "status.loadBalancer.ingress";
        if (!ingress.isEmpty() && !new ServiceShape(service).is("LoadBalancer")) {
            return errors.forbidden(path, "may only be used when `spec.type` is LoadBalancer")
                    .list();
        }
        for (int i = 0; i < ingress.size(); i++) {
            ingress(ingress.get(i), path + "[" + i + "]", errors);
        }
        return errors.list();
    }

    private static void ingress(Tree ingress, String path, Errors errors) {
        String ip = ingress.text("ip", "");
        String mode = ingress.text("ipMode");
        if (!ip.isEmpty()) {
            errors.invalid(path + ".ip", ip, AddressSyntax.ip(ip));
        }
        if (mode == null) {
            if (!ip.isEmpty()) {
                errors.required(path + ".ipMode", "must be specified when `ip` is set");
            }
        } else if (ip.isEmpty()) {
            errors.forbidden(path + ".ipMode", "may not be specified when `ip` is not set");
        } else if (!List.of("Proxy", "VIP").contains(mode)) {
            errors.add(Invalid.notSupported(path + ".ipMode", mode, List.of("Proxy", "VIP")));
        }
        AddressSyntax.hostname(ingress.text("hostname", ""), path + ".hostname", errors);
    }

    private List<Invalid> all() {
        annotations();
        type();
        if (shape.externalName()) {
            externalName();
        }
        errors.addAll(ServicePortRules.check(shape));
        errors.addAll(MetaValidation.labels(spec.textMap("selector"), "spec.selector"));
        affinity();
        errors.addAll(ServiceAddressRules.check(shape, old));
        externalIps();
        sourceRanges();
        balanced();
        trafficPolicies();
        return errors.list();
    }

    private void change(ServiceShape before) {
        boolean bothBalanced = shape.is("LoadBalancer") && before.is("LoadBalancer");
        if (bothBalanced
                && !Objects.equals(
                        spec.value("loadBalancerClass"), before.spec().value("loadBalancerClass"))) {
            errors.invalid("spec.loadBalancerClass", spec.value("loadBalancerClass"), "may not change once set");
        }
        if (shape.needsHealthCheck()
                && before.needsHealthCheck()
                && spec.whole("healthCheckNodePort", 0) != before.spec().whole("healthCheckNodePort", 0)) {
            errors.forbidden("spec.healthCheckNodePort", "field is immutable");
        }
    }

    private void annotations() {
        Map<String, String> annotations = shape.object().tree("metadata").textMap("annotations");
        String mode = annotations.get(MODE);
        String hints = annotations.get(HINTS);
        if (mode != null && hints != null && !mode.equals(hints)) {
            errors.invalid(
                    "metadata.annotations[" + MODE + "]",
                    mode,
                    "must match annotations[" + HINTS + "] when both are specified");
        }
    }

    private void type() {
        errors.oneOf("spec.type", spec.text("type"), TYPES);
        if (shape.hasNodePorts() && shape.headless()) {
            errors.invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for " + shape.type() + " services");
        }
        if (spec.trees("ports").isEmpty() && !shape.headless() && !shape.externalName()) {
            errors.required("spec.ports", "");
        }
    }

    private void externalName() {
        for (String field : List.of("clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
            if (!spec.texts(field).isEmpty() || spec.text(field) != null) {
                errors.forbidden("spec." + field, "may not be set for ExternalName services");
            }
        }
        String name = spec.text("externalName", "");
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (bare.isEmpty()) {
            errors.required("spec.externalName", "");
        } else {
            errors.invalid("spec.externalName", bare, Names.subdomain(bare));
        }
    }

    private void affinity() {
        String affinity = spec.text("sessionAffinity");
        errors.oneOf("spec.sessionAffinity", affinity, List.of("ClientIP", "None"));
        String path = "spec.sessionAffinityConfig";
        if ("None".equals(affinity) && spec.has("sessionAffinityConfig")) {
            errors.forbidden(path, "must not be set when session affinity is None");
        }
        if (!"ClientIP".equals(affinity)) {
            return;
        }
        Tree config = spec.tree("sessionAffinityConfig");
        String why = "when session affinity type is ClientIP";
        if (!spec.has("sessionAffinityConfig")) {
            errors.required(path, why);
        } else if (!config.has("clientIP")) {
            errors.required(path + ".clientIP", why);
        } else if (!config.tree("clientIP").has("timeoutSeconds")) {
            errors.required(path + ".clientIP.timeoutSeconds", why);
        } else {
            long seconds = config.tree("clientIP").whole("timeoutSeconds", 0);
            if (seconds <= 0 || seconds > 86400) {
                errors.invalid(
                        path + ".clientIP.timeoutSeconds", seconds, "must be greater than 0 and less than 86400");
            }
        }
    }

    private void externalIps() {
        List<String> addresses = spec.texts("externalIPs");
        Set<String> known = old == null ? Set.of() : Set.copyOf(old.spec().texts("externalIPs"));
        for (int i = 0; i < addresses.size(); i++) {
            String path = "spec.externalIPs[" + i + "]";
            String text = addresses.get(i);
            if (!known.contains(text)) {
                errors.invalid(path, text, AddressSyntax.ip(text));
            }
            IpAddress.parse(text)
                    .ifPresent(address -> errors.invalid(path, text, AddressSyntax.special(address, network)));
        }
    }

    private void sourceRanges() {
        // Kubernetes writes this path with a capital L, and clients match on it.
        String path = "spec.LoadBalancerSourceRanges";
        List<String> ranges = spec.texts("loadBalancerSourceRanges");
        String annotation =
                shape.object().tree("metadata").textMap("annotations").get(RANGES);
        boolean written = !ranges.isEmpty();
        if (!written && annotation != null) {
            path = "metadata.annotations[" + RANGES + "]";
            ranges = annotation.isBlank() ? List.of() : List.of(annotation.split(",", -1));
        } else if (!written) {
            return;
        }
        if (!shape.is("LoadBalancer")) {
            errors.forbidden(path, ONLY_BALANCED);
        }
        for (int i = 0; i < ranges.size(); i++) {
            String range = ranges.get(i).strip();
            errors.invalid(written ? path + "[" + i + "]" : path, range, AddressSyntax.cidr(range));
        }
    }

    private void balanced() {
        boolean balanced = shape.is("LoadBalancer");
        String loadBalancerClass = spec.text("loadBalancerClass");
        if (!balanced && spec.has("allocateLoadBalancerNodePorts")) {
            errors.forbidden("spec.allocateLoadBalancerNodePorts", ONLY_BALANCED);
        }
        if (balanced && !spec.has("allocateLoadBalancerNodePorts")) {
            errors.required("allocateLoadBalancerNodePorts", "");
        }
        if (!balanced && loadBalancerClass != null) {
            errors.forbidden("spec.loadBalancerClass", ONLY_BALANCED);
        } else if (loadBalancerClass != null) {
            errors.invalid("spec.loadBalancerClass", loadBalancerClass, Names.qualified(loadBalancerClass));
        }
    }

    private void trafficPolicies() {
        String external = spec.text("externalTrafficPolicy", "");
        if (shape.externallyAccessible()) {
            errors.oneOf("spec.externalTrafficPolicy", external, POLICIES);
        } else if (!external.isEmpty()) {
            errors.invalid(
                    "spec.externalTrafficPolicy", external, "may only be set for externally-accessible services");
        }
        healthCheck();
        String internal = spec.text("internalTrafficPolicy");
        if (internal != null && !POLICIES.contains(internal)) {
            errors.add(Invalid.notSupported("spec.internalTrafficPolicy", internal, POLICIES));
        } else if (internal == null && (shape.is("ClusterIP") || shape.hasNodePorts())) {
            errors.required("spec.internalTrafficPolicy", "");
        }
        String distribution = spec.text("trafficDistribution");
        if (distribution != null && !DISTRIBUTIONS.contains(distribution)) {
            errors.add(Invalid.notSupported("spec.trafficDistribution", distribution, DISTRIBUTIONS));
        }
    }

    private void healthCheck() {
        String path = "spec.healthCheckNodePort";
        long port = spec.whole("healthCheckNodePort", 0);
        if (!shape.needsHealthCheck() && port != 0) {
            errors.invalid(
                    path, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        } else if (shape.needsHealthCheck() && port == 0) {
            errors.required(path, "");
        } else if (shape.needsHealthCheck()) {
            errors.invalid(path, port, Names.port(port));
        }
    }
}
