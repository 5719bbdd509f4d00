// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Service of type LoadBalancer works out of the box: it gets an address, and the address answers. */
final class LoadBalancerTrafficTest {
    private static final ObjectName DEFAULT = new ObjectName("", "default");

    @TempDir
    private Path scratch = Path.of("");

    private static String service(String name, String more) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: shop}
                spec:
                  type: LoadBalancer
                  selector: {app: frontend}
                  ports: [{name: http, port: 80, targetPort: http}]
                  %s
                """.formatted(name, more);
    }

    /** The addresses of a Service, once it has that many. */
    private static List<String> addresses(Running running, String name, int count) throws InterruptedException {
        List<String> found = new java.util.ArrayList<>();
        Shop.await(count + " addresses of " + name, Duration.ofSeconds(30), () -> {
            found.clear();
            for (Tree ingress : running.instance()
                    .client()
                    .get(Resources.SERVICES, new ObjectName(Shop.NAMESPACE, name))
                    .tree("status")
                    .tree("loadBalancer")
                    .trees("ingress")) {
                found.add(ingress.text("ip", ""));
            }
            return found.size() == count;
        });
        return List.copyOf(found);
    }

    /** Where port 80 of an address is bound, once the relay has it. */
    private static InetSocketAddress bound(Running running, String address) throws IOException {
        InetAddress at = InetAddress.getByName(address);
        return running.instance().agent().bindings().stream()
                .map(binding -> binding.bound())
                .filter(bound -> bound.getAddress().equals(at))
                .findFirst()
                .orElse(new InetSocketAddress(at, 80));
    }

    private static void awaitAnswer(Running running, String address) throws InterruptedException {
        Shop.await(
                "an answer at " + address,
                Duration.ofSeconds(30),
                () -> Shop.get(bound(running, address)).startsWith("pod="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "loopback"})
    void addressesAnswerOnTheNodeItself(String network) throws Exception {
        try (Running running = Running.start(network, scratch.resolve("data"), "one")) {
            Shop shop = running.shop().apply();
            shop.awaitReady("frontend", 3);
            shop.awaitReady("backend", 3);
            shop.create(service("public", ""));
            String address = addresses(running, "public", 1).getFirst();
            assertThat(running.instance().block().loadBalancers().contains(IpAddress.of(address)))
                    .isTrue();
            awaitAnswer(running, address);
            shop.reachesAll(bound(running, address));
            if (network.equals("kernel")) {
                poolOfTheUser(running);
                bothFamilies(running);
            }
            running.instance()
                    .client()
                    .delete(Resources.SERVICES, new ObjectName(Shop.NAMESPACE, "public"), Deletion.DEFAULT);
            Shop.await("nobody answers", Duration.ofSeconds(30), () -> {
                try {
                    Shop.get(new InetSocketAddress(InetAddress.getByName(address), 80));
                    return false;
                } catch (java.net.ConnectException closed) {
                    return true;
                }
            });
        }
    }

    /** Addresses from elsewhere than the instance's own block are the node's too, while they are served. */
    private static void poolOfTheUser(Running running) throws Exception {
        running.shop().create("""
                apiVersion: fairlead.dev/v1alpha1
                kind: LoadBalancerPool
                metadata: {name: mine}
                spec: {addresses: [198.18.77.0/28], autoAssign: false}
                """);
        running.shop().create(service("asked", "loadBalancerIP: 198.18.77.5"));
        assertThat(addresses(running, "asked", 1)).containsExactly("198.18.77.5");
        InetSocketAddress at = new InetSocketAddress(InetAddress.getByName("198.18.77.5"), 80);
        Shop.await("the node reaches " + at, Duration.ofSeconds(30), () -> {
            try (SocketChannel socket = running.instance().socket()) {
                return socket.connect(at);
            }
        });
    }

    private static void bothFamilies(Running running) throws Exception {
        running.shop().create(service("both", "ipFamilyPolicy: RequireDualStack"));
        List<String> both = addresses(running, "both", 2);
        awaitAnswer(running, both.getFirst());
        assertThat(running.instance().block().loadBalancersV6().contains(IpAddress.of(both.getLast())))
                .as("%s is of the pool", both)
                .isTrue();
    }

    @Test
    void thePoolIsMadeOnceAndTheUsersToChange() throws Exception {
        Path data = scratch.resolve("data");
        try (Running running = lasting(data)) {
            Tree pool = running.instance().client().get(Resources.LOAD_BALANCER_POOLS, DEFAULT);
            assertThat(pool.tree("spec").texts("addresses"))
                    .containsExactly(running.instance().block().loadBalancers().toString());
            running.instance().client().delete(Resources.LOAD_BALANCER_POOLS, DEFAULT, Deletion.DEFAULT);
        }
        try (Running running = lasting(data)) {
            assertThat(running.instance().client().find(Resources.LOAD_BALANCER_POOLS, DEFAULT))
                    .as("deleted is deleted")
                    .isNull();
        }
    }

    private static Running lasting(Path data) throws Exception {
        Instance instance = Instance.start(new Settings(
                data, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "loopback", "one", false, false));
        Running running = new Running(instance, new Shop(instance.client()));
        try {
            instance.awaitNode(Images.builtIn());
        } catch (IOException | RuntimeException failure) {
            running.close();
            throw failure;
        }
        return running;
    }
}
