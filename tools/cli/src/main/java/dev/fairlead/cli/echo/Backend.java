// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.echo;

import dev.fairlead.dns.forward.HostResolvers;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.Rdata;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Another Service, found the way any program can find it: its port by the SRV record of the port's name, its address by
 * the SRV record's target. Asked anew for each request, one connection for each, so that every request is balanced.
 */
final class Backend {
    private static final int TIMEOUT_MILLIS = 2000;
    private static final int ATTEMPTS = 3;

    private final InetSocketAddress resolver;
    private final DnsName service;

    private Backend(InetSocketAddress resolver, DnsName service) {
        this.resolver = resolver;
        this.service = service;
    }

    /** The Service {@code name} or {@code name.namespace} (else the pod's own), asked of the pod's own resolver. */
    static Backend of(String name, Map<String, String> environment) {
        String portName = environment.getOrDefault("BACKEND_PORT_NAME", "http");
        String namespace = environment.getOrDefault("POD_NAMESPACE", "default");
        String zone = environment.getOrDefault("CLUSTER_DOMAIN", "cluster.local");
        String full = name.indexOf('.') < 0 ? name + "." + namespace : name;
        return new Backend(
                resolver(environment), DnsName.of(full + ".svc." + zone).under("_" + portName, "_tcp"));
    }

    private static InetSocketAddress resolver(Map<String, String> environment) {
        String given = environment.get("FAIRLEAD_DNS"); // loopback network: the host's resolver cannot be pointed at us
        if (given != null) {
            int colon = given.lastIndexOf(':');
            return new InetSocketAddress(given.substring(0, colon), Integer.parseInt(given.substring(colon + 1)));
        }
        List<InetSocketAddress> own =
                HostResolvers.read(Path.of("/etc/resolv.conf")).servers();
        if (own.isEmpty()) {
            throw new IllegalStateException("no resolver: neither FAIRLEAD_DNS nor /etc/resolv.conf names one");
        }
        return own.getFirst();
    }

    /** What the Service answers to {@code GET /}. */
    String ask() throws IOException {
        UpstreamReply found = lookUp(service, RecordType.SRV);
        Rdata.Srv srv = first(found, Rdata.Srv.class)
                .orElseThrow(() -> new IOException(service + " has no SRV record (code " + found.rcode() + ")"));
        UpstreamReply resolved = lookUp(srv.target(), RecordType.A);
        Rdata.Address address = first(resolved, Rdata.Address.class)
                .orElseThrow(() -> new IOException(srv.target() + " has no address (code " + resolved.rcode() + ")"));
        return get(Inet.socketAddress(address.address(), srv.port()));
    }

    private static <T extends Rdata> Optional<T> first(UpstreamReply reply, Class<T> kind) {
        return reply.records().stream()
                .map(record -> record.data())
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst();
    }

    private UpstreamReply lookUp(DnsName name, int type) throws IOException {
        IOException last = new IOException("no answer from " + resolver);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int id = ThreadLocalRandom.current().nextInt(0x10000);
            Query query = QueryWriter.query(id, name, type);
            byte[] bytes = QueryWriter.write(query, id);
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(resolver);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.send(new DatagramPacket(bytes, bytes.length));
                DatagramPacket packet = new DatagramPacket(new byte[Query.OWN_UDP_SIZE], Query.OWN_UDP_SIZE);
                socket.receive(packet);
                return UpstreamReply.read(Arrays.copyOf(packet.getData(), packet.getLength()), id, query);
            } catch (IOException failure) {
                last = failure;
            } catch (MalformedException nonsense) {
                last = new IOException(resolver + " answered nonsense: " + nonsense.getMessage(), nonsense);
            }
        }
        throw last;
    }

    private static String get(InetSocketAddress at) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.connect(at, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS * 5);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: backend\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.ISO_8859_1));
            String reply = read(socket.getInputStream());
            int body = reply.indexOf("\r\n\r\n");
            if (body < 0 || !reply.startsWith("HTTP/1.1 200")) {
                throw new IOException(at + " answered "
                        + (reply.isEmpty()
                                ? "nothing"
                                : reply.lines().findFirst().orElse("")));
            }
            return reply.substring(body + 4);
        }
    }

    private static String read(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
}
