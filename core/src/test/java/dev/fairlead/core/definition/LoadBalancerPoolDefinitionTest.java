// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadBalancerPoolDefinitionTest {
    private static final ClusterNetwork NETWORK = new ClusterNetwork(
            List.of(Cidr.of("127.5.0.0/18")), PortRange.NODE_PORTS, List.of(Cidr.of("127.5.64.0/24")));
    private final Definition rules = Definitions.of("fairlead.dev", "LoadBalancerPool");

    private List<String> wrong(Map<String, Object> spec) {
        Map<String, Object> pool =
                rules.forCreate(rules.defaulted(Map.of("metadata", Map.of("name", "p", "uid", "u"), "spec", spec)));
        return rules.validateCreate(pool, NETWORK).stream()
                .map(Invalid::toString)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "10.0.0.0/24 | -",
                "10.0.0.1-10.0.0.9 | -",
                "10.0.0.1 - 10.0.0.9 | -",
                "10.0.0.1 | -",
                "fd00::/64 | -",
                "fd00::1-fd00::ff | -",
                "127.5.64.0/25 | -",
                "127.6.0.0/24 | may not reach into 127.0.0.0/8, the loopback range",
                "10.0.0.1/24 | must not have bits set beyond the prefix length",
                "10.0.0.9-10.0.0.1 | must begin with the lower and end with the higher of two addresses of one family",
                "10.0.0.1-fd00::1 | must begin with the lower and end with the higher of two addresses of one family",
                "10.0.0.1- | must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "10.0.0.01 | must not have leading 0s",
                "ten | must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "169.254.1.0/24 | may not reach into 169.254.0.0/16, the link-local range",
                "200.0.0.0-230.0.0.0 | may not reach into 224.0.0.0/4, the multicast range",
                "fe80::/64 | may not reach into fe80::/10, the link-local range",
            })
    void addresses(String text, String error) {
        assertThat(wrong(Map.of("addresses", List.of(text))))
                .isEqualTo(
                        error == null
                                ? List.of()
                                : List.of("spec.addresses[0]: Invalid value: \"" + text + "\": " + error));
    }

    @Test
    void the_rest() {
        assertThat(wrong(Map.of()))
                .containsExactly("spec.addresses: Required value: a pool needs addresses, such as 192.168.7.0/24 or"
                        + " 192.168.7.10-192.168.7.20");
        assertThat(wrong(Map.of(
                        "addresses",
                        List.of("10.0.0.1"),
                        "sharing",
                        "Sometimes",
                        "serviceSelector",
                        Map.of("matchLabels", Map.of("a b", "c")))))
                .hasSize(2)
                .anyMatch(text -> text.startsWith(
                        "spec.sharing: Unsupported value: \"Sometimes\": supported values: \"AllNamespaces\""))
                .anyMatch(text -> text.startsWith("spec.serviceSelector.matchLabels"));
        assertThat(new Tree(rules.defaulted(Map.of("spec", Map.of())))
                        .tree("spec")
                        .fields())
                .isEqualTo(Map.of("autoAssign", true, "sharing", "SameNamespace"));
    }

    @Test
    void sizes_and_ends() {
        assertThat(AddressRange.of(Cidr.of("10.0.0.0/24")).size()).isEqualTo(256);
        assertThat(AddressRange.of(Cidr.of("::/0")).size()).isEqualTo(Long.MAX_VALUE);
        assertThat(AddressRange.of(Cidr.of("fd00::/64")).size()).isEqualTo(Long.MAX_VALUE);
        assertThat(AddressRange.of(Cidr.of("10.0.0.0/30")).unasked())
                .isEqualTo(AddressRange.parse("10.0.0.1-10.0.0.2").orElseThrow());
        assertThat(AddressRange.of(Cidr.of("10.0.0.0/31")).unasked().size()).isEqualTo(2);
        assertThat(AddressRange.of(Cidr.of("fd00::/126")).unasked().last()).isEqualTo(IpAddress.of("fd00::3"));
    }
}
