// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The names that DNS servers are measured with: Services of both families with 10 endpoints each; for us and for others. */
final class DnsCluster {
    static final int ENDPOINTS = 10;
    static final String DOMAIN = "cluster.local";

    private static final String ZONE = "shop.svc." + DOMAIN;
    private static final int QUERIES = 200_000;
    private static final long SEED = 20261121;

    private DnsCluster() {}

    static Service service(int id) {
        return Service.from(new Tree(Map.of(
                "metadata",
                Map.of("namespace", "shop", "name", "s" + id),
                "spec",
                Map.of(
                        "clusterIP",
                        v4(id),
                        "clusterIPs",
                        List.of(v4(id), v6(id)),
                        "ports",
                        List.of(Map.of("name", "http", "port", 80L))))));
    }

    static EndpointSlice slice(int id) {
        return ManyServices.slice(id, ENDPOINTS, 0);
    }

    private static String v4(int id) {
        return "10.96." + id / 250 + "." + (1 + id % 250);
    }

    private static String v6(int id) {
        return "fd00:96::" + Integer.toHexString(id + 1);
    }

    /** What dnsperf asks: in ten queries four A, three AAAA, one SRV and two of names that are not there. */
    static void writeQueries(Path file, int services) throws IOException {
        Random random = new Random(SEED);
        try (Writer out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < QUERIES; i++) {
                String name = "s" + random.nextInt(services) + "." + ZONE;
                out.write(
                        switch (random.nextInt(10)) {
                            case 0, 1, 2, 3 -> name + " A\n";
                            case 4, 5, 6 -> name + " AAAA\n";
                            case 7 -> "_http._tcp." + name + " SRV\n";
                            default -> "no" + name + " A\n";
                        });
            }
        }
    }

    /** The same as a zone file. */
    static void writeZone(Path file, int services) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            out.write("""
                    $TTL 30
                    $ORIGIN %1$s.
                    @ SOA ns.dns hostmaster 1 7200 1800 86400 30
                    @ NS ns.dns
                    ns.dns A 127.0.0.1
                    $ORIGIN %2$s.
                    """.formatted(DOMAIN, ZONE));
            for (int id = 0; id < services; id++) {
                out.write("s%1$d A %2$s\ns%1$d AAAA %3$s\n_http._tcp.s%1$d SRV 0 100 80 s%1$d\n"
                        .formatted(id, v4(id), v6(id)));
                for (IpAddress endpoint : endpoints(id)) {
                    out.write("%s.s%d A %s\n".formatted(endpoint.toString().replace('.', '-'), id, endpoint));
                }
            }
        }
    }

    /** The addresses as an hosts file; SRV records have no place in it. */
    static void writeHosts(Path file, int services) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            for (int id = 0; id < services; id++) {
                out.write("%s s%d.%s\n%s s%d.%s\n".formatted(v4(id), id, ZONE, v6(id), id, ZONE));
                for (IpAddress endpoint : endpoints(id)) {
                    String label = endpoint.toString().replace('.', '-');
                    out.write("%s %s.s%d.%s\n".formatted(endpoint, label, id, ZONE));
                }
            }
        }
    }

    private static List<IpAddress> endpoints(int id) {
        return slice(id).endpoints().stream()
                .map(endpoint -> IpAddress.of(endpoint.addresses().getFirst()))
                .toList();
    }
}
