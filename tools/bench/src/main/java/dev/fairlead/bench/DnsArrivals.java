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
import java.util.List;
import java.util.Map;

/** How soon the name of a new Service is answered, in a whole instance on loopback with its store on disk. */
final class DnsArrivals {
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
        System.out.println("\n| a new Service, among up to " + (WARM_UP + COUNT) + " | n | p50 ms | p99 ms | max ms |");
        System.out.println("|---|--:|--:|--:|--:|");
        System.out.println("| acknowledged → its name is answered | " + COUNT + " | " + arrivals.tail("%.2f") + " |");
    }

    /** From the answer of the API to the first answer that has an address, asked for again and again. */
    private long measure(String name) throws IOException, InterruptedException {
        DnsName full = DnsName.of(name + ".default.svc.cluster.local");
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
                        Map.of("ports", List.of(Map.of("port", 80L)))));
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
