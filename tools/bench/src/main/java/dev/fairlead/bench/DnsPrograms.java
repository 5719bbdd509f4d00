// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** DNS servers on processor 0, each at a port of 127.0.0.1 with the same names; those that are not installed are passed over. */
final class DnsPrograms implements AutoCloseable {
    /** The port of the first; the others follow. */
    private static final int PORT = 18_530;

    private static final List<Path> PLACES = List.of(Path.of("/usr/sbin"), Path.of("/usr/bin"));

    /** A server that runs, and where what it says is written. */
    record Program(String name, int port, Process process, Path log) {
        /** What it has in memory, in MB; of several processes the largest. */
        double residentMb() throws IOException {
            double most = resident(process.toHandle());
            for (ProcessHandle child : process.descendants().toList()) {
                most = Math.max(most, resident(child));
            }
            return most;
        }

        private static double resident(ProcessHandle process) throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
                return lines.filter(line -> line.startsWith("VmRSS:"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                                .sum()
                        * 1024
                        / 1e6;
            }
        }

        /** How much processor time it has used, in microseconds. */
        double processorMicros() {
            return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                    .mapToDouble(each ->
                            each.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e3)
                    .sum();
        }

        /** The last line of a server of ours once it has looked at its heap; before, what its records take. */
        String heap() throws IOException, InterruptedException {
            int before = Files.readAllLines(log).size();
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            while (Files.readAllLines(log).size() == before && process.isAlive()) {
                Thread.sleep(20);
            }
            return Files.readAllLines(log).getLast();
        }

        /** The first thing it said. */
        String said() throws IOException {
            return Files.readAllLines(log).stream()
                    .filter(line -> line.contains(" bytes a Service"))
                    .findFirst()
                    .orElse("");
        }
    }

    private final Path scratch;
    private final List<Program> running = new ArrayList<>();

    /** Starts ours, and all others there are. */
    DnsPrograms(Path scratch, int services) throws IOException {
        this.scratch = scratch;
        DnsCluster.writeZone(scratch.resolve("zone"), services);
        DnsCluster.writeHosts(scratch.resolve("hosts"), services);
        ours("Fairlead", services);
        ours("Fairlead, channels", services, "channels");
        knot();
        nsd();
        unbound();
        dnsmasq();
    }

    List<Program> running() {
        return running;
    }

    private int port() {
        return PORT + running.size();
    }

    private void ours(String name, int services, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Xmx96m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                DnsAlone.class.getName(),
                Integer.toString(port()),
                Integer.toString(services)));
        words.addAll(List.of(more));
        start(name, words);
    }

    private void knot() throws IOException {
        Path home = Files.createDirectory(scratch.resolve("knot"));
        startIfThere("knot", "knotd", "-c", """
                server:
                    rundir: "%1$s"
                    listen: 127.0.0.1@%3$d
                    udp-workers: 1
                    tcp-workers: 1
                    background-workers: 1
                database:
                    storage: "%1$s"
                log:
                  - target: stderr
                    any: error
                zone:
                  - domain: %2$s
                    file: "%4$s"
                    zonefile-sync: -1
                    journal-content: none
                """.formatted(home, DnsCluster.DOMAIN, port(), scratch.resolve("zone")));
    }

    private void nsd() throws IOException {
        startIfThere("nsd", "nsd", "-d -c", """
                server:
                    ip-address: 127.0.0.1@%1$d
                    server-count: 1
                    username: ""
                    chroot: ""
                    zonesdir: "%2$s"
                    database: ""
                    pidfile: "%2$s/nsd.pid"
                    xfrdfile: "%2$s/nsd.xfrd"
                    zonelistfile: "%2$s/nsd.list"
                    rrl-ratelimit: 0
                remote-control:
                    control-enable: no
                zone:
                    name: %3$s
                    zonefile: zone
                """.formatted(port(), scratch, DnsCluster.DOMAIN));
    }

    private void unbound() throws IOException {
        startIfThere("unbound", "unbound", "-d -c", """
                server:
                    interface: 127.0.0.1@%1$d
                    num-threads: 1
                    do-daemonize: no
                    use-syslog: no
                    chroot: ""
                    username: ""
                    directory: "%2$s"
                    pidfile: "%2$s/unbound.pid"
                    module-config: "iterator"
                remote-control:
                    control-enable: no
                auth-zone:
                    name: %3$s
                    zonefile: "%2$s/zone"
                    for-downstream: yes
                    for-upstream: no
                    fallback-enabled: no
                """.formatted(port(), scratch, DnsCluster.DOMAIN));
    }

    /** Without SRV records: it looks through them one after another. */
    private void dnsmasq() throws IOException {
        startIfThere("dnsmasq, no SRV", "dnsmasq", "--keep-in-foreground --user=root -C", """
                port=%d
                listen-address=127.0.0.1
                bind-interfaces
                no-resolv
                no-hosts
                pid-file=
                addn-hosts=%s
                local=/%s/
                """.formatted(
                        port(), scratch.resolve("hosts"), DnsCluster.DOMAIN));
    }

    private void startIfThere(String name, String program, String options, String configuration) throws IOException {
        Path found = PLACES.stream()
                .map(place -> place.resolve(program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        if (found == null) {
            System.out.println(program + " is not installed, so it is not measured");
            return;
        }
        Path file = Files.writeString(scratch.resolve(program + ".conf"), configuration);
        List<String> words = new ArrayList<>(List.of(found.toString()));
        words.addAll(List.of(options.split(" ")));
        words.add(file.toString());
        start(name, words);
    }

    private void start(String name, List<String> command) throws IOException {
        List<String> words = new ArrayList<>(List.of("taskset", "-c", "0"));
        words.addAll(command);
        Path log = Files.createTempFile(scratch, "server", ".log");
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        running.add(new Program(name, port(), process, log));
    }

    @Override
    public void close() {
        running.forEach(each -> each.process.destroy());
        try {
            for (Program each : running) {
                each.process.waitFor();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
