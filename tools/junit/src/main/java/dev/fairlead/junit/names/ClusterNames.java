// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.names;

import dev.fairlead.junit.loading.Engine;
import dev.fairlead.junit.loading.OpenClusters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What names of clusters lead to in this JVM: {@code backend.default.svc.<cluster>} to that cluster's Service, and
 * {@code backend.default.svc.cluster.local} as long as exactly one cluster is open.
 */
final class ClusterNames {
    private static final String USUAL = ".cluster.local";
    private static final String SERVICES = ".svc.";

    private ClusterNames() {}

    /** What is known of a name. */
    sealed interface Found {
        /** Its addresses. */
        record At(List<InetAddress> addresses) implements Found {}

        /** It is no name of a cluster's: whoever answers else may know it. */
        record Elsewhere() implements Found {}

        /** The only cluster that is open does not know it; a network around this JVM may. */
        record Unknown(String message) implements Found {}
    }

    /**
     * Looks a name up.
     *
     * @throws UnknownHostException when nobody else is to be asked, with the reason
     */
    static Found find(String host) throws UnknownHostException {
        String name = plain(host);
        Engine.Running own = named(name);
        if (own != null) {
            String usual = name.substring(0, name.length() - own.name().length() - 1) + USUAL;
            List<InetAddress> addresses = ask(own, usual, host);
            if (addresses.isEmpty()) {
                throw new UnknownHostException(unknown(host, own));
            }
            return new Found.At(addresses);
        }
        List<Engine.Running> open = name.endsWith(USUAL) ? OpenClusters.HERE.all() : List.of();
        if (open.isEmpty()) {
            return new Found.Elsewhere();
        }
        if (open.size() > 1) {
            throw new UnknownHostException(host + ": several Fairlead clusters are open, "
                    + open.stream().map(Engine.Running::name).collect(Collectors.joining(" and "))
                    + "; a name of one of them ends with its name: "
                    + name.substring(0, name.length() - USUAL.length() + 1)
                    + open.getFirst().name());
        }
        List<InetAddress> addresses = ask(open.getFirst(), name, host);
        return addresses.isEmpty() ? new Found.Unknown(unknown(host, open.getFirst())) : new Found.At(addresses);
    }

    private static String unknown(String host, Engine.Running cluster) {
        return host + ": not known in the Fairlead cluster " + cluster.name();
    }

    private static List<InetAddress> ask(Engine.Running cluster, String name, String host) throws UnknownHostException {
        try {
            return cluster.resolve(name);
        } catch (IOException failing) {
            UnknownHostException told = new UnknownHostException(host + ": " + failing.getMessage());
            told.initCause(failing);
            throw told;
        }
    }

    private static Engine.@Nullable Running named(String name) {
        int services = name.lastIndexOf(SERVICES);
        int pods = name.lastIndexOf(".pod.");
        int end = Math.max(services, pods);
        return end < 0 ? null : OpenClusters.HERE.named(name.substring(end + SERVICES.length()));
    }

    private static String plain(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
