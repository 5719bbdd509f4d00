// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.Rdata;
import dev.fairlead.dns.message.ResourceRecord;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Asks the cluster's DNS as any client does. */
final class Lookup {
    private static final int IPV4 = 1;
    private static final int SERVER_FAILURE = 2;
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int LARGEST = 4_096;

    private Lookup() {}

    /**
     * The IPv4 addresses of a name; none when it is not known.
     *
     * @throws IOException when no answer came, or one that says that names fail
     */
    static List<InetAddress> of(String host, InetSocketAddress dns) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(dns);
            socket.setSoTimeout(PATIENCE_MILLIS);
            int id = ThreadLocalRandom.current().nextInt(0x10000);
            Query query = QueryWriter.query(id, DnsName.of(host), IPV4);
            byte[] question = QueryWriter.write(query, id);
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket answer = new DatagramPacket(new byte[LARGEST], LARGEST);
            socket.receive(answer);
            UpstreamReply reply = UpstreamReply.read(Arrays.copyOf(answer.getData(), answer.getLength()), id, query);
            if (reply.rcode() == SERVER_FAILURE) {
                throw new IOException("the cluster's DNS fails (SERVFAIL)");
            }
            return reply.records().stream()
                    .map(ResourceRecord::data)
                    .filter(Rdata.Address.class::isInstance)
                    .map(data -> ((Rdata.Address) data).address())
                    .map(Lookup::address)
                    .toList();
        } catch (MalformedException garbled) {
            throw new IOException("the cluster's DNS answered what nobody can read", garbled);
        } catch (IllegalArgumentException noName) {
            return List.of();
        }
    }

    private static InetAddress address(IpAddress ip) {
        return Inet.address(ip);
    }
}
