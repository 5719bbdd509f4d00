// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.agent.network.Choice;
import dev.fairlead.cli.instance.Images;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.cli.instance.Settings;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.RecordType;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How soon the name of a new Service is answered, in a whole instance on loopback with its store on disk. */
final class DnsArrivals {
    private static final int PRESENT = 8000; // headless: they have no sockets of the relay
    private static final int WRITERS = 16;
    private static final int WARM_UP = 1000;
    private static final int COUNT = 1000;
    private static final long PATIENCE = 30_000_000_000L;

    private final ApiClient client;
    private final DatagramSocket socket;
    private final DatagramPacket answer = new DatagramPacket(new byte[1232], 1232);
    private int id;

    private DnsArrivals(ApiClient client, DatagramSocket socket) {
        this.client = client;
        this.socket = socket;
    }

    static void run() throws IOException, InterruptedException {
        Path scratch = Conditions.scratch();
        Settings settings = new Settings(
                scratch.resolve("data"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "loopback",
                "bench",
                false,
                false);
        Sample arrivals = new Sample();
        try (Instance instance = Instance.start(settings);
                DatagramSocket socket = new DatagramSocket()) {
            instance.awaitNode(Images.builtIn());
            socket.connect(instance.dns());
            socket.setSoTimeout(1000);
            DnsArrivals run = new DnsArrivals(instance.client(), socket);
            run.fill();
            for (int i = -WARM_UP; i < COUNT; i++) {
                long nanos = run.measure("n" + (i + WARM_UP));
                if (i >= 0) {
                    arrivals.addNanos(nanos);
                }
            }
        } catch (Choice.UnavailableException refused) {
            throw new IOException(refused.getMessage(), refused);
        }
        Conditions.delete(scratch);
        System.out.println(
                "\n| a new Service, among up to " + (PRESENT + WARM_UP + COUNT) + " | n | p50 ms | p99 ms | max ms |");
        System.out.println("|---|--:|--:|--:|--:|");
        System.out.println("| acknowledged → its name is answered | " + COUNT + " | " + arrivals.tail("%.2f") + " |");
    }

    private void fill() throws IOException, InterruptedException {
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<?>> all = new ArrayList<>();
            for (int service = 0; service < PRESENT; service++) {
                String name = "present" + service;
                all.add(writers.submit(() -> {
                    create(name, Map.of("clusterIP", "None"));
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } catch (ExecutionException failure) {
            throw new IOException("a Service was not made: " + failure.getCause(), failure);
        }
    }

    private void create(String name, Map<String, Object> spec) throws IOException, InterruptedException {
        client.create(
                Resources.SERVICES,
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Service",
                        "metadata",
                        Map.of("name", name, "namespace", "default"),
                        "spec",
                        spec));
    }

    /** From the answer of the API to the first answer that has an address, asked for again and again. */
    private long measure(String name) throws IOException, InterruptedException {
        DnsName full = DnsName.of(name + ".default.svc.cluster.local");
        create(name, Map.of("ports", List.of(Map.of("port", 80L))));
        long began = System.nanoTime();
        while (System.nanoTime() - began < PATIENCE) {
            byte[] query = QueryWriter.write(QueryWriter.query(0, full, RecordType.A), ++id & 0xffff);
            socket.send(new DatagramPacket(query, query.length));
            socket.receive(answer);
            if (answer.getData()[7] > 0) {
                return System.nanoTime() - began;
            }
        }
        throw new IOException("no answer for " + full);
    }
}
