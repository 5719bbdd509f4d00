// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import java.util.List;

/**
 * The addresses of one instance; several share a host, each with a block of its own.
 *
 * @param number 0 to 126 where there are namespaces, 2 to 254 on loopback
 * @param pods of IPv4, on this one node
 * @param podsV6 of IPv6; the unspecified address's block where there is none
 * @param loadBalancers the addresses of the LoadBalancerPool that an instance begins with
 * @param serviceCidrs where ClusterIPs come from, the primary family's first; of one family or both
 */
public record Block(
        int number,
        Cidr pods,
        Cidr podsV6,
        Cidr services,
        Cidr servicesV6,
        Cidr loadBalancers,
        Cidr loadBalancersV6,
        boolean dualStack,
        List<Cidr> serviceCidrs) {
    private static final Cidr NO_V6 = Cidr.of("::/128");

    /** The block of an instance with namespaces; number 0 has the addresses that everybody knows. */
    public static Block ofNamespaces(int number) {
        int second = number == 0 ? 96 : 128 + number;
        Cidr services = Cidr.of("10." + second + ".0.0/16");
        Cidr servicesV6 = Cidr.of("fd00:10:" + second + "::/112");
        return new Block(
                number,
                Cidr.of(number == 0 ? "10.244.0.0/24" : "10.244." + number + ".0/24"),
                Cidr.of(number == 0 ? "fd00:10:244::/64" : "fd00:10:244:" + Integer.toHexString(number) + "::/64"),
                services,
                servicesV6,
                Cidr.of(number == 0 ? "10.97.0.0/24" : "10.97." + number + ".0/24"),
                Cidr.of(number == 0 ? "fd00:10:97::/112" : "fd00:10:97:" + Integer.toHexString(number) + "::/112"),
                true,
                List.of(services, servicesV6));
    }

    /** The block of an instance on loopback: 127.number/16. */
    public static Block ofLoopback(int number) {
        String prefix = "127." + number + ".";
        Cidr services = Cidr.of(prefix + "0.0/18");
        return new Block(
                number,
                Cidr.of(prefix + "128.0/17"),
                NO_V6,
                services,
                NO_V6,
                Cidr.of(prefix + "64.0/24"),
                NO_V6,
                false,
                List.of(services));
    }

    /** The same with other blocks for Services, the primary family's first; not where pods are on loopback. */
    public Block withServiceCidrs(List<Cidr> cidrs) {
        Cidr v4 = services;
        Cidr v6 = servicesV6;
        for (Cidr cidr : cidrs) {
            v4 = cidr.family() == IpFamily.IPV4 ? cidr : v4;
            v6 = cidr.family() == IpFamily.IPV6 ? cidr : v6;
        }
        return new Block(number, pods, podsV6, v4, v6, loadBalancers, loadBalancersV6, dualStack, List.copyOf(cidrs));
    }

    /** All virtual addresses: those of Services and load balancers. */
    public List<Cidr> virtual() {
        return dualStack
                ? List.of(services, loadBalancers, servicesV6, loadBalancersV6)
                : List.of(services, loadBalancers);
    }

    /** Where the cluster's DNS answers: the tenth Service address. */
    public IpAddress dns() {
        return serviceCidrs.getFirst().first().plus(10);
    }
}
