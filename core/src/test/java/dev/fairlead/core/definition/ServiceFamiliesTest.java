// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Families and policy, on a cluster with IPv4 alone, with both families, and with IPv6 first. */
class ServiceFamiliesTest {
    private static final Cidr FOUR = Cidr.of("10.96.0.0/16");
    private static final Cidr SIX = Cidr.of("fd00:10:96::/112");
    private static final Map<String, ClusterNetwork> NETWORKS = Map.of(
            "4", ClusterNetwork.of(FOUR), "46", ClusterNetwork.of(FOUR, SIX), "64", ClusterNetwork.of(SIX, FOUR));

    /** Network, what is written, what comes out: policy and families, or the paths of errors. */
    static Stream<List<String>> created() {
        return Stream.of(
                List.of("4", "{}", "SingleStack [IPv4]"),
                List.of("46", "{}", "SingleStack [IPv4]"),
                List.of("64", "{}", "SingleStack [IPv6]"),
                List.of("4", "{ipFamilyPolicy: PreferDualStack}", "PreferDualStack [IPv4]"),
                List.of("46", "{ipFamilyPolicy: PreferDualStack}", "PreferDualStack [IPv4, IPv6]"),
                List.of("64", "{ipFamilyPolicy: PreferDualStack}", "PreferDualStack [IPv6, IPv4]"),
                List.of("46", "{ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv6]}", "PreferDualStack [IPv6, IPv4]"),
                List.of("4", "{ipFamilyPolicy: RequireDualStack}", "spec.ipFamilyPolicy"),
                List.of("46", "{ipFamilyPolicy: RequireDualStack}", "RequireDualStack [IPv4, IPv6]"),
                List.of("46", "{ipFamilies: [IPv6]}", "SingleStack [IPv6]"),
                List.of("4", "{ipFamilies: [IPv6]}", "spec.ipFamilies[0]"),
                List.of("46", "{ipFamilies: [IPv4, IPv6]}", "spec.ipFamilyPolicy"),
                List.of("46", "{clusterIP: 'fd00:10:96::9'}", "SingleStack [IPv6]"),
                List.of("4", "{clusterIP: 'fd00:10:96::9'}", "spec.clusterIPs[0]"),
                List.of(
                        "46",
                        "{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, 'fd00:10:96::9']}",
                        "spec.ipFamilyPolicy"),
                List.of(
                        "46",
                        "{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, 'fd00:10:96::9'], ipFamilyPolicy:"
                                + " RequireDualStack}",
                        "RequireDualStack [IPv4, IPv6]"),
                List.of("4", "{clusterIP: None}", "RequireDualStack [IPv4, IPv6]"),
                List.of("64", "{clusterIP: None}", "RequireDualStack [IPv6, IPv4]"),
                List.of("4", "{clusterIP: None, ipFamilyPolicy: SingleStack}", "SingleStack [IPv4]"),
                List.of("4", "{clusterIP: None, selector: {a: b}}", "SingleStack [IPv4]"),
                List.of("4", "{clusterIP: nonsense}", "spec.clusterIPs[0]"),
                List.of("46", "{type: ExternalName, externalName: a}", " []"));
    }

    @ParameterizedTest
    @MethodSource("created")
    void settlesNewServices(List<String> row) {
        assertThat(settled(row.get(0), row.get(1), null)).isEqualTo(row.get(2));
    }

    /** Network, what is stored, what is written, what comes out with its clusterIPs. */
    static Stream<List<String>> updated() {
        String single = "{clusterIP: 10.96.0.9, ipFamilies: [IPv4], ipFamilyPolicy: SingleStack}";
        String preferred = "{clusterIP: 10.96.0.9, ipFamilies: [IPv4], ipFamilyPolicy: PreferDualStack}";
        String dual = "{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, 'fd00:10:96::9'], ipFamilies: [IPv4, IPv6],"
                + " ipFamilyPolicy: RequireDualStack}";
        return Stream.of(
                List.of("46", single, single, "SingleStack [IPv4] 1"),
                List.of("46", single, single.replace("Single", "RequireDual"), "RequireDualStack [IPv4, IPv6] 1"),
                List.of("46", single, single.replace("Single", "PreferDual"), "PreferDualStack [IPv4, IPv6] 1"),
                List.of("4", single, single.replace("Single", "RequireDual"), "spec.ipFamilyPolicy"),
                List.of("46", preferred, preferred, "PreferDualStack [IPv4] 1"),
                List.of("46", dual, dual.replace("RequireDual", "Single"), "SingleStack [IPv4] 1"),
                List.of("46", dual, "{clusterIP: 10.96.0.9, ipFamilyPolicy: SingleStack}", "SingleStack [IPv4] 1"),
                List.of("46", dual, "{clusterIP: 10.96.0.9}", "spec.ipFamilyPolicy"),
                List.of(
                        "46",
                        dual,
                        dual.replace("ipFamilies: [IPv4, IPv6],", "ipFamilies: [IPv4],"),
                        "spec.ipFamilyPolicy"),
                List.of(
                        "46",
                        dual,
                        dual.replace(", ipFamilyPolicy: RequireDualStack", ""),
                        "RequireDualStack [IPv4, IPv6] 2"),
                List.of("46", "{type: ExternalName, externalName: a}", "{}", "SingleStack [IPv4] 0"));
    }

    @ParameterizedTest
    @MethodSource("updated")
    void settlesUpdates(List<String> row) {
        assertThat(settled(row.get(0), row.get(2), ServiceValidationTest.service(row.get(1))))
                .isEqualTo(row.get(3));
    }

    private static String settled(String network, String spec, Map<String, Object> old) {
        Draft draft = Draft.copyOf(ServiceValidationTest.service(spec));
        List<Invalid> errors = ServiceFamilies.settle(draft, old == null ? null : new Tree(old), NETWORKS.get(network));
        if (!errors.isEmpty()) {
            return String.join(
                    " ", errors.stream().map(Invalid::path).distinct().toList());
        }
        Tree result = draft.view().tree("spec");
        String addresses = old == null ? "" : " " + result.texts("clusterIPs").size();
        return result.text("ipFamilyPolicy", "") + " " + result.texts("ipFamilies") + addresses;
    }
}
