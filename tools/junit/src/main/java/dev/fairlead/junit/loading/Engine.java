// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.loading;

import dev.fairlead.junit.ClusterOptions;
import dev.fairlead.junit.FairleadCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * The door to the server's own class loader: what stands on this side is JDK types and the public types of this library, so
 * that the libraries of the test and of the server never meet.
 */
public interface Engine extends AutoCloseable {
    /** The class on the other side; it has a constructor without parameters. */
    String NAME = "dev.fairlead.junit.engine.LocalEngine";

    /** One cluster as its starter sees it. */
    interface Running extends FairleadCluster {
        /**
         * What a name in the cluster's domain leads to.
         *
         * @param host a whole name below {@code cluster.local}, in lower case
         * @return empty when there is no such name
         * @throws IOException when names fail at the moment
         */
        List<InetAddress> resolve(String host) throws IOException;
    }

    /**
     * Starts a cluster; its API answers when this returns.
     *
     * @param options with a name
     * @param closed told once when the cluster is closed
     */
    Running start(ClusterOptions options, Runnable closed) throws IOException, InterruptedException;

    /** Lets go of what clusters share, at the end of the JVM. */
    @Override
    void close();
}
