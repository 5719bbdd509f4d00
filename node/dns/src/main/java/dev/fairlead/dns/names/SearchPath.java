// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.dns.message.DnsName;
import java.util.ArrayList;
import java.util.List;

/**
 * The search path that pods have in resolv.conf, walked by the server. How this works: with {@code ndots:5} a pod of the
 * namespace {@code shop} that looks for {@code api.example.com} first asks for {@code
 * api.example.com.shop.svc.cluster.local}, and after three more names that do not exist for the one that was meant; each
 * as A and as AAAA. So when the first is not found, the names that this pod would ask for next are looked up here.
 *
 * <p>Only what can be meant otherwise: names of a single label are not (they are Services of the namespace, or mistyped),
 * nor is what is below a Service of the namespace, nor a name that has dots enough to be tried as it is before.
 *
 * @param zone the cluster's domain
 * @param hostDomains what the host's own search path adds, in order
 */
public record SearchPath(DnsName zone, List<DnsName> hostDomains) {
    private static final int NDOTS = 5;
    private static final int LONGEST = 255;

    /** Keeps the lists as they are. */
    public SearchPath {
        hostDomains = List.copyOf(hostDomains);
    }

    /** What a pod of {@code namespace} asks for after {@code name} was not found, in order; empty when nothing. */
    public List<DnsName> after(DnsName name, String namespace, NameTable table) {
        DnsName services = zone.under("svc");
        DnsName first = services.under(namespace);
        if (!name.isIn(first)) {
            return List.of();
        }
        List<String> front = name.below(first);
        int count = front.size();
        if (count < 2 || count > NDOTS || table.service(namespace, front.get(count - 1)) != null) {
            return List.of();
        }
        List<DnsName> next = new ArrayList<>();
        add(front, services, next);
        add(front, zone, next);
        hostDomains.forEach(domain -> add(front, domain, next));
        next.add(new DnsName(List.copyOf(front)));
        return next;
    }

    private static void add(List<String> front, DnsName domain, List<DnsName> names) {
        List<String> labels = new ArrayList<>(front);
        labels.addAll(domain.labels());
        int octets = 1 + labels.stream().mapToInt(label -> label.length() + 1).sum();
        if (octets <= LONGEST) {
            names.add(new DnsName(List.copyOf(labels)));
        }
    }
}
