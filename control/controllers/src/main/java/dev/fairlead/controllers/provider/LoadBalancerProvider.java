// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.provider;

import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who makes load balancers: a cloud, an appliance, a pool of addresses. Found by {@link ServiceLoader}: a jar on the class
 * path with the name of a class of this type in {@code META-INF/services/} under this interface's name, or a module that
 * {@code provides} it.
 *
 * <p>The loop around it sees to finalizer, status, events and retries. Calls for one Service never overlap, those for
 * several may. After a failure (any {@link IOException}) the call is made again after 5 s, then 10 s, up to 300 s.
 */
public interface LoadBalancerProvider extends AutoCloseable {
    /**
     * Which values of {@code loadBalancerClass} it serves; the empty text stands for Services that name no class. Found
     * providers come before the pools, so one that takes the empty text makes the pools serve only those who ask for them.
     */
    Set<String> classes();

    /**
     * Called once before everything else.
     *
     * @param again makes the loop look at a Service again, such as when a load balancer that was being made is there
     */
    default void start(Consumer<ObjectName> again) {}

    /** Whether load balancers lead to nodes, so that {@link #ensure} is called again when nodes come and go. */
    default boolean followsNodes() {
        return true;
    }

    /**
     * Makes the load balancer of a Service what it should be, or finds that it is. Called at each change of the Service, at
     * changes of nodes, and for every Service after a start.
     *
     * @param nodes those that may get traffic, sorted by name; empty for a provider that does not follow nodes
     */
    LoadBalancerAnswer ensure(Service service, List<Node> nodes) throws IOException, InterruptedException;

    /** Unmakes the load balancer of a Service; fine if there is none. The Service goes only after this has returned. */
    void delete(Service service) throws IOException, InterruptedException;

    /** The end of the loop; load balancers stay. */
    @Override
    default void close() {}

    /** Those on the class path and the module path. */
    static List<LoadBalancerProvider> found() {
        return ServiceLoader.load(LoadBalancerProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
