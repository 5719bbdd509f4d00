// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import java.time.Duration;

/**
 * How a cluster is to be; every {@code with…} gives a changed copy.
 *
 * @param name what it is called, and its own DNS domain; empty for {@code c1}, {@code c2} …
 * @param plainHttp whether the API speaks HTTP without TLS, on loopback, to bearers of a token that is in the kubeconfig
 * @param processes whether containers that have a {@code command} run it as a process of this machine; else they are played
 * @param patience how long a method waits before it fails
 */
public record ClusterOptions(String name, boolean plainHttp, boolean processes, Duration patience) {
    private static final ClusterOptions USUAL = new ClusterOptions("", false, false, Duration.ofSeconds(30));

    public ClusterOptions {
        if (!name.isEmpty() && !name.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
            throw new IllegalArgumentException("cluster name \"" + name
                    + "\": it is a DNS label too, of at most 63 of a-z, 0-9 and -, such as \"shop\"");
        }
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("patience " + patience + ": must be longer than nothing");
        }
    }

    /** TLS, no processes, 30 seconds of patience. */
    public static ClusterOptions usual() {
        return USUAL;
    }

    /** With this name. */
    public ClusterOptions withName(String name) {
        return new ClusterOptions(name, plainHttp, processes, patience);
    }

    /** With an API without TLS. */
    public ClusterOptions withPlainHttp() {
        return new ClusterOptions(name, true, processes, patience);
    }

    /** With containers' commands run as processes. */
    public ClusterOptions withProcesses() {
        return new ClusterOptions(name, plainHttp, true, patience);
    }

    /** With another patience. */
    public ClusterOptions withPatience(Duration patience) {
        return new ClusterOptions(name, plainHttp, processes, patience);
    }
}
