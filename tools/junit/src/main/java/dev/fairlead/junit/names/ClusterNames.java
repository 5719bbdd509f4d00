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

    /** Whether a name can be one of a cluster that is open, or of {@code cluster.local}. */
    static boolean concerns(String host) {
        String name = plain(host);
        return name.endsWith(USUAL) || named(name) != null;
    }

    /** The addresses of a name that {@link #concerns} clusters. */
    static List<InetAddress> resolve(String host) throws UnknownHostException {
        String name = plain(host);
        Engine.Running own = named(name);
        if (own != null) {
            return ask(own, name.substring(0, name.length() - own.name().length() - 1) + USUAL, host);
        }
        List<Engine.Running> open = OpenClusters.HERE.all();
        return switch (open.size()) {
            case 0 -> throw new UnknownHostException(host + ": no Fairlead cluster is open in this JVM");
            case 1 -> ask(open.getFirst(), name, host);
            default ->
                throw new UnknownHostException(host + ": several Fairlead clusters are open, "
                        + open.stream().map(Engine.Running::name).collect(Collectors.joining(" and "))
                        + "; a name of one of them ends with its name: "
                        + name.substring(0, name.length() - USUAL.length() + 1)
                        + open.getFirst().name());
        };
    }

    private static List<InetAddress> ask(Engine.Running cluster, String name, String host) throws UnknownHostException {
        try {
            List<InetAddress> found = cluster.resolve(name);
            if (found.isEmpty()) {
                throw new UnknownHostException(host + ": not known in the Fairlead cluster " + cluster.name());
            }
            return found;
        } catch (UnknownHostException unknown) {
            throw unknown;
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
