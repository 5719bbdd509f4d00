// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.dns.forward.ForwardSettings;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.ZoneSettings;
import dev.fairlead.dns.server.DnsServer;
import dev.fairlead.dns.server.DnsSettings;
import dev.fairlead.dns.server.UdpSocket;
import dev.fairlead.wire.time.SystemTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Our DNS server alone on a port of 127.0.0.1: {@code DnsAlone PORT SERVICES [channels]}. Says what its records take, and for
 * each line on its input what is on the heap; ends with it.
 */
public final class DnsAlone {
    private DnsAlone() {}

    /** Serves until the input ends. */
    public static void main(String[] arguments) throws IOException {
        InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
        int services = Integer.parseInt(arguments[1]);
        boolean channels = List.of(arguments).contains("channels");
        SystemTime time = new SystemTime();
        long empty = heap();
        NameTable alone = new NameTable(time);
        for (int id = 0; id < services; id++) {
            alone.put(DnsCluster.service(id), List.of());
        }
        long withServices = heap();
        NameTable names = alone;
        for (int id = 0; id < services; id++) {
            names.put(DnsCluster.service(id), List.of(DnsCluster.slice(id)));
        }
        long withEndpoints = heap();
        names.putNamespace("shop");
        names.markSynced();
        DnsServer server = DnsServer.start(
                DnsSettings.of(ZoneSettings.of(DnsName.of(DnsCluster.DOMAIN)), ForwardSettings.of(List.of())),
                names,
                new DnsMetrics(at.getPort()),
                new DnsServer.Sockets(
                        List.of(UdpSocket.open(at, !channels)),
                        List.of(ServerSocketChannel.open().bind(at))),
                time);
        System.out.println(String.format(
                Locale.ROOT,
                "%d bytes a Service, %d an endpoint, %.1f MB in all",
                (withServices - empty) / services,
                (withEndpoints - withServices) / services / DnsCluster.ENDPOINTS,
                (withEndpoints - empty) / 1e6));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            while (lines.readLine() != null) {
                System.out.println(String.format(Locale.ROOT, "%.1f MB on the heap", heap() / 1e6));
            }
        }
        server.close();
        time.close();
    }

    /** What is in use once all that is not has been collected. */
    private static long heap() {
        Runtime runtime = Runtime.getRuntime();
        runtime.gc();
        runtime.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
