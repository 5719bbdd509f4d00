// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.names.NameTable;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells DNS which addresses pods have of their own, so that it knows whose query it answers. */
final class PodAddresses {
    private final NameTable names;

    PodAddresses(NameTable names) {
        this.names = names;
    }

    void observe(ObjectName pod, @Nullable Tree old, @Nullable Tree now) {
        Set<IpAddress> before = of(old);
        Set<IpAddress> after = of(now);
        after.stream().filter(address -> !before.contains(address)).forEach(address -> names.putPod(pod, address));
        before.stream().filter(address -> !after.contains(address)).forEach(address -> names.removePod(pod, address));
    }

    /** A pod that has ended, or is in the node's network, has none. */
    private static Set<IpAddress> of(@Nullable Tree pod) {
        Set<IpAddress> addresses = new HashSet<>();
        if (pod == null || pod.tree("spec").truth("hostNetwork", false)) {
            return addresses;
        }
        Tree status = pod.tree("status");
        String phase = status.text("phase", "");
        if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
            for (Tree each : status.trees("podIPs")) {
                IpAddress.parse(each.text("ip", "")).ifPresent(addresses::add);
            }
        }
        return addresses;
    }
}
