// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.List;

/** What the author of an acceptable Service should still be told. */
final class ServiceWarnings {
    private static final String HINTS = "service.kubernetes.io/topology-aware-hints";

    private ServiceWarnings() {}

    static List<String> of(Tree service) {
        List<String> warnings = new ArrayList<>();
        ServiceShape shape = new ServiceShape(service);
        Tree spec = service.tree("spec");
        if (service.tree("metadata").textMap("annotations").containsKey(HINTS)) {
            warnings.add(
                    "annotation " + HINTS + " is deprecated, please use service.kubernetes.io/topology-mode instead");
        }
        if (!shape.headless()) {
            canonical("spec.clusterIPs", shape.clusterIps(), warnings);
        }
        boolean external = !spec.texts("externalIPs").isEmpty();
        if (shape.headless()) {
            headless(spec, external, warnings);
        }
        canonical("spec.externalIPs", spec.texts("externalIPs"), warnings);
        addressed("spec.loadBalancerIP", spec.text("loadBalancerIP", ""), warnings);
        ranges(spec.texts("loadBalancerSourceRanges"), warnings);
        if (external && shape.externalName()) {
            warnings.add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
        } else if (external && !shape.headless()) {
            warnings.add("spec.externalIPs is deprecated; use a Service of type LoadBalancer, an Ingress or a Gateway");
        }
        if (!shape.externalName() && !spec.text("externalName", "").isEmpty()) {
            warnings.add("spec.externalName is ignored when spec.type is not \"ExternalName\"");
        }
        if (spec.text("trafficDistribution", "").equals("PreferClose")) {
            warnings.add("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
        }
        return warnings;
    }

    private static void headless(Tree spec, boolean external, List<String> warnings) {
        if (!spec.text("loadBalancerIP", "").isEmpty()) {
            warnings.add("spec.loadBalancerIP is ignored for headless services");
        }
        if (external) {
            warnings.add("spec.externalIPs is ignored for headless services");
        }
        if (!spec.text("sessionAffinity", "None").equals("None")) {
            warnings.add("spec.SessionAffinity is ignored for headless services");
        }
    }

    private static void canonical(String path, List<String> addresses, List<String> warnings) {
        for (int i = 0; i < addresses.size(); i++) {
            addressed(path + "[" + i + "]", addresses.get(i), warnings);
        }
    }

    private static void addressed(String path, String text, List<String> warnings) {
        IpAddress.parse(text)
                .map(IpAddress::toString)
                .filter(canonical -> !canonical.equals(text))
                .ifPresent(canonical -> warnings.add(path + ": IPv6 address \"" + text
                        + "\" should be in RFC 5952 canonical format (\"" + canonical + "\")"));
    }

    private static void ranges(List<String> ranges, List<String> warnings) {
        for (int i = 0; i < ranges.size(); i++) {
            String text = ranges.get(i).strip();
            String path = "spec.loadBalancerSourceRanges[" + i + "]";
            Cidr.parse(text)
                    .map(Cidr::toString)
                    .filter(canonical -> !canonical.equals(text))
                    .ifPresent(canonical -> warnings.add(path + ": IPv6 CIDR value \"" + text
                            + "\" should be in RFC 5952 canonical format (\"" + canonical + "\")"));
        }
    }
}
