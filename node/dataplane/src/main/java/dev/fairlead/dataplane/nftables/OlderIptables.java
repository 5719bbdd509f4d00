// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * What kube-proxy left in the older iptables (ip_tables in the kernel), which netlink does not reach: found by iptables' own
 * program where that is, and told, with what to run. Nothing is changed.
 */
public record OlderIptables(Namespace namespace) {
    private static final int PATIENCE = 30; // s

    /** One of the two. */
    private enum Kind {
        IPV4("ip_tables_names", "iptables-legacy"),
        IPV6("ip6_tables_names", "ip6tables-legacy");

        private final String names;
        private final String program;

        Kind(String names, String program) {
            this.names = names;
            this.program = program;
        }
    }

    /** What is left, a sentence for each family; empty where nothing is. */
    public List<String> left() throws InterruptedException {
        List<String> told = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            List<String> tables = tables(kind);
            if (!tables.isEmpty()) {
                saved(kind)
                        .map(text -> chains(kind, text))
                        .orElseGet(() -> unseen(kind, tables))
                        .ifPresent(told::add);
            }
        }
        return List.copyOf(told);
    }

    /** Tables that somebody has made here; those of nobody are not even there. */
    private List<String> tables(Kind kind) {
        return namespace.call(() -> {
            try {
                return Files.readAllLines(Path.of("/proc/thread-self/net", kind.names));
            } catch (IOException none) {
                return List.of(); // this kernel has no such iptables, or does not show it
            }
        });
    }

    private Optional<String> saved(Kind kind) throws InterruptedException {
        Path out = null;
        try {
            out = Files.createTempFile("fairlead", ".iptables");
            Child process = Spawn.of(List.of(kind.program + "-save"))
                    .withNetwork(namespace)
                    .withOutput(out)
                    .start();
            try {
                boolean well = process.exit().get(PATIENCE, TimeUnit.SECONDS).equals(new Exit.Code(0));
                return well ? Optional.of(Files.readString(out)) : Optional.empty();
            } finally {
                process.signalGroup(Signal.KILL);
            }
        } catch (IOException | KernelException | ExecutionException | TimeoutException none) {
            return Optional.empty();
        } finally {
            if (out != null) {
                out.toFile().delete();
            }
        }
    }

    /** How many chains of kube-proxy each table has, in {@code iptables-save}'s words. */
    static Map<String, Integer> count(String saved) {
        Map<String, Integer> counts = new TreeMap<>();
        String table = "";
        for (String line : saved.lines().toList()) {
            if (line.startsWith("*")) {
                table = line.substring(1).strip();
            } else if (line.startsWith(":") && KubeProxy.owns(line.substring(1).split(" ", 2)[0])) {
                counts.merge(table, 1, Integer::sum);
            }
        }
        return counts;
    }

    private static Optional<String> chains(Kind kind, String saved) {
        Map<String, Integer> counts = count(saved);
        return counts.isEmpty()
                ? Optional.empty()
                : Optional.of("kube-proxy's rules are still in the older iptables ("
                        + counts.entrySet().stream()
                                .map(entry -> entry.getValue() + " chains of " + entry.getKey())
                                .collect(Collectors.joining(", "))
                        + "), which Fairlead does not change; they may lead connections astray. Run kube-proxy --cleanup, or: "
                        + kind.program + "-save | grep -v KUBE- | " + kind.program + "-restore");
    }

    private static Optional<String> unseen(Kind kind, List<String> tables) {
        return Optional.of("the older iptables has tables here (" + String.join(", ", tables)
                + "), which cannot be read without " + kind.program
                + "-save. If kube-proxy used it, run kube-proxy --cleanup: its rules may lead connections astray");
    }
}
