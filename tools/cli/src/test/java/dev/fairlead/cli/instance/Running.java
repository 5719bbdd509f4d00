// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.agent.network.Choice;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.dataplane.Binding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/** An instance with a shop in it, in this JVM. */
record Running(Instance instance, Shop shop) implements AutoCloseable {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** Starts an instance; skips the test where the machine does not allow this network, with the reason. */
    static Running start(String network, Path data, String node) throws IOException, InterruptedException {
        try {
            Instance instance = Instance.start(new Settings(data, ANY_PORT, network, node, false, true));
            Running running = new Running(instance, new Shop(instance.client()));
            try {
                instance.awaitNode(Images.builtIn());
            } catch (IOException | RuntimeException failure) {
                running.close();
                throw failure;
            }
            return running;
        } catch (Choice.UnavailableException impossible) {
            Assumptions.abort(impossible.getMessage());
            throw new IllegalStateException(impossible);
        }
    }

    /** Where a Service's first port is found from the host: its own, or what it is bound to instead. */
    InetSocketAddress service(String name) throws IOException, InterruptedException {
        ObjectName service = new ObjectName(Shop.NAMESPACE, name);
        InetAddress address = InetAddress.getByName(shop.clusterIp(name));
        return instance.agent().bindings().stream()
                .filter(binding -> binding.service().equals(service))
                .map(Binding::bound)
                .filter(bound -> bound.getAddress().equals(address))
                .findFirst()
                .orElse(new InetSocketAddress(address, 80));
    }

    InetSocketAddress nodePort(String name) throws IOException, InterruptedException {
        InetAddress node = InetAddress.getByAddress(
                instance.agent().routes().nodePortAddresses().getFirst().bytes());
        return new InetSocketAddress(node, shop.nodePort(name));
    }

    /** Stops everything in order. */
    @Override
    public void close() {
        try {
            long began = System.nanoTime();
            instance.stop(Duration.ofSeconds(10));
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("an orderly stop")
                    .isLessThan(Duration.ofSeconds(20));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
