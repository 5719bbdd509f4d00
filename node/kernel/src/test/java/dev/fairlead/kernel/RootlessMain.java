// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel;

import dev.fairlead.kernel.namespace.BindMount;
import dev.fairlead.kernel.netlink.OneRequestRelay;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.netlink.Route;
import dev.fairlead.kernel.netlink.TransparentReplies;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.kernel.socket.SocketAddress;
import dev.fairlead.kernel.testing.Answer;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What {@link RootlessTest} starts in another JVM; it has the classes of this module only. */
public final class RootlessMain {
    private RootlessMain() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println(Probe.networkNamespaces());
        System.out.println(Probe.mountNamespaces());
        System.out.println(Probe.transparentRelay());
        System.out.println(Probe.cgroups());
        try (Lab lab = new Lab()) {
            Host node = lab.host("node");
            Host a = lab.behind(node, "pod-a", "10.244.1.2", "fd00:10:244:1::2");
            Host b = lab.behind(node, "pod-b", "10.244.1.3", "fd00:10:244:1::3");
            b.serve(80);
            System.out.println("port 80: bound");
            int lo = node.network().index("lo");
            node.network().addRoute(Route.local(Prefix.of("10.96.0.0/16"), lo));
            node.network().addRoute(Route.local(Prefix.of("fd00:10:96::/112"), lo));
            node.keep(TransparentReplies.install(node.namespace(), "fairlead-test", 0x46, 146, 100));
            for (String virtual : List.of("10.96.0.1", "fd00:10:96::1")) {
                InetAddress vip = InetAddress.ofLiteral(virtual);
                InetAddress backend = vip.getAddress().length == 4 ? b.v4() : b.v6();
                var relayed = OneRequestRelay.start(
                        node, new SocketAddress().set(vip, 80), new SocketAddress().set(backend, 80), true, 0, 1);
                Answer answer = a.ask(vip, 80, "hello");
                relayed.join();
                System.out.println(vip.getHostAddress() + ": " + answer.server() + " saw "
                        + answer.client().getAddress().getHostAddress());
            }
            spawn(a);
        }
    }

    private static void spawn(Host pod) throws Exception {
        Path folder = Files.createTempDirectory("rootless");
        Path resolv = Files.writeString(folder.resolve("resolv.conf"), "nameserver 10.96.0.10\n");
        Path out = folder.resolve("out");
        Child child = Spawn.of(List.of("sh", "-c", "cat /etc/resolv.conf; exec sleep 100"))
                .withNetwork(pod.namespace())
                .withMounts(List.of(new BindMount(resolv, Path.of("/etc/resolv.conf"), true)))
                .withOutput(out)
                .start();
        while (!Files.exists(out) || Files.size(out) == 0) {
            Thread.onSpinWait();
        }
        System.out.println("resolv.conf: " + Files.readString(out));
        System.out.println(
                "adopted: " + Child.adopt(child.pid(), child.startTime()).isPresent());
        child.signalGroup(dev.fairlead.kernel.process.Signal.KILL);
        child.exit().join();
        for (Path file : List.of(resolv, out, folder)) {
            Files.delete(file);
        }
    }
}
