// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.kernel.namespace.BindMount;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.RoutedVeth;
import dev.fairlead.kernel.netlink.Rtnetlink;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The README's example runs, and is the one in the README. */
@ExtendWith(NeedsNamespaces.class)
class ReadmeTest {
    @TempDir
    Path folder;

    @Test
    void theExample() throws Exception {
        Path log = folder.resolve("log");
        Path resolvConf = Files.writeString(folder.resolve("resolv.conf"), "nameserver 10.96.0.10\n");
        // README begin
        try (Namespace node = Namespace.create("node");
                Namespace pod = Namespace.create("pod")) {
            InetAddress address = InetAddress.ofLiteral("10.244.1.2");
            RoutedVeth.at(node, List.of()).connect("pod1", pod, "eth0", List.of(address));

            Child child = Spawn.of(List.of("sh", "-c", "cat /etc/resolv.conf; sleep 1000"))
                    .withEnvironment(Map.of("PATH", "/usr/bin:/bin"))
                    .withOutput(log)
                    .withNetwork(pod)
                    .withMounts(List.of(new BindMount(resolvConf, Path.of("/etc/resolv.conf"), true)))
                    .start();

            // what a later JVM does with the record of pid and start time
            Optional<Child> adopted = Child.adopt(child.pid(), child.startTime());

            child.signalGroup(Signal.TERM);
            Exit exit = child.exit().get(10, TimeUnit.SECONDS);
            // README end
            assertThat(adopted).isPresent();
            assertThat(List.of(exit, adopted.get().exit().get(10, TimeUnit.SECONDS)))
                    .contains(new Exit.Signalled(15));
            try (Rtnetlink network = Rtnetlink.in(pod)) {
                assertThat(network.link("eth0")).isPresent();
            }
        }
        List<String> source = Files.readAllLines(
                Path.of(System.getProperty("basedir", ""), "src/test/java/dev/fairlead/kernel/ReadmeTest.java"));
        String readme = Files.readString(Path.of(System.getProperty("basedir", ""), "README.md"));
        List<String> example = source.subList(
                source.indexOf("        // README begin") + 1, source.indexOf("            // README end"));
        assertThat(readme.lines())
                .containsSequence(example.stream()
                        .map(line -> line.replaceFirst("^ {8}", ""))
                        .toList());
    }

    @Test
    void aProcessHoldsANamespaceForALaterJvm() {
        Child holder;
        String identity;
        try (Namespace node = Namespace.create("node")) {
            identity = node.identity();
            holder = Spawn.of(List.of("sleep", "infinity")).withNetwork(node).start();
        }
        try (Namespace again = Namespace.ofProcess(holder.pid())) {
            assertThat(again.identity()).isEqualTo(identity);
        } finally {
            holder.signalGroup(Signal.KILL);
            holder.exit().join();
        }
    }
}
