// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.client.cache.Handler;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.names.HostNames;
import java.util.ArrayList;
import java.util.List;

/** Ingresses as far as names go: their hosts, and where whoever serves them says that they are served. */
final class IngressHosts {
    private IngressHosts() {}

    /** What an Ingress says. */
    static HostNames.Served of(Tree ingress) {
        List<DnsName> hosts = new ArrayList<>();
        for (Tree rule : ingress.tree("spec").trees("rules")) {
            String host = rule.text("host", "");
            try {
                if (!host.isEmpty()) {
                    hosts.add(DnsName.of(host));
                }
            } catch (IllegalArgumentException noName) {
                // the API takes none such
            }
        }
        List<IpAddress> addresses = new ArrayList<>();
        String alias = "";
        for (Tree each : ingress.tree("status").tree("loadBalancer").trees("ingress")) {
            IpAddress.parse(each.text("ip", "")).ifPresent(addresses::add);
            alias = alias.isEmpty() ? each.text("hostname", "") : alias;
        }
        return new HostNames.Served(hosts, addresses, alias);
    }

    /** Keeps {@code hosts} after the Ingresses it is told of. */
    static Handler<HostNames.Served> into(HostNames hosts) {
        return (name, old, now, revision) -> {
            if (now == null) {
                hosts.remove(name);
            } else {
                hosts.put(name, now);
            }
        };
    }
}
