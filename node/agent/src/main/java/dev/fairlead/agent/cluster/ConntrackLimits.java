// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.cluster;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.namespace.Sysctl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How many connections a node tracks and for how long, as kube-proxy sets it.
 *
 * @param maxPerCore connections for each processor; 0 leaves the kernel's number
 * @param min at least so many, however few processors there are
 * @param tcpEstablished after how much silence an established connection is forgotten; zero leaves the kernel's
 * @param tcpCloseWait the same for one that one side has ended; zero leaves the kernel's
 */
public record ConntrackLimits(int maxPerCore, int min, Duration tcpEstablished, Duration tcpCloseWait) {
    /** Kubernetes' defaults. */
    public static final ConntrackLimits USUAL =
            new ConntrackLimits(32_768, 131_072, Duration.ofHours(24), Duration.ofHours(1));

    private static final String MAX = "net/netfilter/nf_conntrack_max";
    private static final String ESTABLISHED = "net/netfilter/nf_conntrack_tcp_timeout_established";
    private static final String CLOSE_WAIT = "net/netfilter/nf_conntrack_tcp_timeout_close_wait";

    /** How many connections a machine with so many processors is to track; 0: as many as the kernel likes. */
    public long max(int processors) {
        return maxPerCore == 0 ? 0 : Math.max(min, (long) maxPerCore * processors);
    }

    /**
     * Sets what is not so yet: the number is only ever raised, times are set as they are given.
     *
     * @return what was changed, or could not be, in words
     */
    public List<String> apply(Namespace namespace, int processors) {
        return namespace.call(() -> {
            List<String> told = new ArrayList<>();
            set(MAX, max(processors), true, told);
            set(ESTABLISHED, tcpEstablished.toSeconds(), false, told);
            set(CLOSE_WAIT, tcpCloseWait.toSeconds(), false, told);
            return List.copyOf(told);
        });
    }

    private static void set(String key, long wanted, boolean onlyMore, List<String> told) {
        if (wanted == 0) {
            return;
        }
        try {
            long now = Long.parseLong(Sysctl.read(key));
            if (now == wanted || onlyMore && now > wanted) {
                return;
            }
            Sysctl.write(key, Long.toString(wanted));
            told.add(key.replace('/', '.') + " is " + wanted + ", was " + now);
        } catch (KernelException refused) {
            // nf_conntrack_max belongs to the host: inside another namespace it can be read only
            told.add(key.replace('/', '.') + " stays: " + refused.getMessage());
        }
    }
}
