// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.extension;

import dev.fairlead.junit.ClusterOptions;
import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import dev.fairlead.junit.loading.OpenClusters;
import java.time.Duration;

/**
 * The cluster of a scope and its clients. JUnit closes it when the scope ends.
 *
 * @param until the end of the scope, in words
 */
record Held(FairleadCluster cluster, Clients clients, String until) implements AutoCloseable {
    /** A cluster as an annotation wants it; its name is {@code name}, or like it. */
    static Held start(Fairlead wanted, String name, String until) {
        FairleadCluster cluster =
                OpenClusters.HERE.startNamedLike(options(wanted).withName(name));
        try {
            if (wanted.manifests().length > 0) {
                cluster.apply(wanted.manifests());
            }
            return new Held(cluster, new Clients(cluster), until);
        } catch (AssertionError | RuntimeException refused) {
            cluster.close();
            throw refused;
        }
    }

    /** What the annotation says of the cluster itself. */
    static ClusterOptions options(Fairlead wanted) {
        ClusterOptions options = ClusterOptions.usual().withPatience(Duration.ofSeconds(wanted.patienceSeconds()));
        options = wanted.plainHttp() ? options.withPlainHttp() : options;
        return wanted.processes() ? options.withProcesses() : options;
    }

    @Override
    public void close() {
        clients.close();
        OpenClusters.HERE.close(cluster, until);
    }
}
