// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Our DNS server beside others with the same names, each alone on processor 0 while dnsperf asks from processor 1: how many
 * queries it answers, and how soon at 50,000 a second. They take turns, in an order drawn anew in every round.
 */
final class DnsComparison {
    private static final int SERVICES = 10_000;
    private static final int WARM_UP = 2; // rounds
    private static final int SECONDS = 3;
    private static final int RATE = 50_000;
    private static final long PATIENCE = 60_000_000_000L;

    private record Result(Sample perSecond, Sample micros, Sample lost, Sample latency) {
        Result() {
            this(new Sample(), new Sample(), new Sample(), new Sample());
        }
    }

    private final DnsPrograms programs;
    private final DnsPerf perf;
    private final Map<DnsPrograms.Program, Result> results = new LinkedHashMap<>();

    private DnsComparison(DnsPrograms programs, DnsPerf perf) {
        this.programs = programs;
        this.perf = perf;
    }

    static void run(int rounds) throws IOException, InterruptedException {
        Conditions.print("begin");
        Path scratch = Conditions.scratch();
        Path queries = scratch.resolve("queries");
        DnsCluster.writeQueries(queries, SERVICES);
        try (DnsPrograms programs = new DnsPrograms(scratch, SERVICES)) {
            new DnsComparison(programs, new DnsPerf(queries, scratch.resolve("dnsperf"))).measure(rounds);
        }
        Conditions.delete(scratch);
        DnsArrivals.run();
        Conditions.print("\nend");
    }

    private void measure(int rounds) throws IOException, InterruptedException {
        for (DnsPrograms.Program program : programs.running()) {
            awaitAnswer(program);
        }
        DnsPrograms.Program ours = programs.running().getFirst();
        System.out.println("\nrecords of " + SERVICES + " Services of " + DnsCluster.ENDPOINTS + " endpoints: "
                + ours.said() + "; with the server, not asked yet: " + ours.heap());
        Random random = new Random(20261121);
        List<DnsPrograms.Program> order = new ArrayList<>(programs.running());
        for (int round = -WARM_UP; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (DnsPrograms.Program program : order) {
                Result result = round < 0 ? new Result() : results.computeIfAbsent(program, any -> new Result());
                double before = program.processorMicros();
                DnsPerf.Load load = perf.most(program.port(), SECONDS);
                result.perSecond.add(load.perSecond());
                result.micros.add((program.processorMicros() - before) / load.answered());
                result.lost.add(load.lost());
                perf.latency(program.port(), SECONDS, RATE, result.latency);
            }
        }
        System.out.println("after " + (rounds + WARM_UP) + " rounds: " + ours.heap() + "\n");
        print();
    }

    /** Until a name is answered: some read their zone first. */
    private static void awaitAnswer(DnsPrograms.Program program) throws IOException {
        byte[] query = {
            0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 's', '1', 4, 's', 'h', 'o', 'p', 3, 's', 'v', 'c', 7, 'c', 'l', 'u',
            's', 't', 'e', 'r', 5, 'l', 'o', 'c', 'a', 'l', 0, 0, 1, 0, 1
        };
        long end = System.nanoTime() + PATIENCE;
        while (true) {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), program.port()));
                socket.setSoTimeout(200);
                socket.send(new DatagramPacket(query, query.length));
                DatagramPacket answer = new DatagramPacket(new byte[512], 512);
                socket.receive(answer);
                if (answer.getData()[7] > 0) {
                    return;
                }
            } catch (SocketTimeoutException | java.net.PortUnreachableException notYet) {
                if (System.nanoTime() > end) {
                    throw new IOException(program.name() + " does not answer", notYet);
                }
            }
        }
    }

    private void print() throws IOException {
        System.out.println(
                "| server | queries/s (median) | min | max | its processor µs a query | lost of a million | p50 ms at "
                        + RATE + "/s | p99 | max | resident MB |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        for (DnsPrograms.Program program : programs.running()) {
            Result result = results.getOrDefault(program, new Result());
            System.out.println("| " + program.name() + " | " + result.perSecond.spread("%.0f") + " | "
                    + String.format(Locale.ROOT, "%.2f | %.0f", result.micros.median(), result.lost.median()) + " | "
                    + result.latency.tail("%.3f") + " | "
                    + String.format(Locale.ROOT, "%.0f |", program.residentMb()));
        }
    }
}
