// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.prepared.PlainQuery;
import dev.fairlead.dns.prepared.Prepared;
import dev.fairlead.dns.prepared.PreparedAnswers;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One thread at one UDP socket: rows of queries in, rows of answers out. A query whose answer is prepared allocates nothing;
 * one that is not goes the long way by {@link Desk}, and what has to wait for others does so on a thread of its own.
 */
final class UdpDesk implements Runnable {
    private static final System.Logger LOG = System.getLogger(UdpDesk.class.getName());
    private static final int LARGEST = 65_535;
    private static final int ROW = 64;

    private final UdpSocket socket;
    private volatile Rules next;
    private Rules rules;
    private final Time time;
    private final PlainQuery query = new PlainQuery();
    private final byte[] in = new byte[LARGEST];
    private final byte[] out = new byte[LARGEST];
    private final DnsMetrics.@Nullable Tally[] tallies = new DnsMetrics.Tally[ROW];
    private final int[] sizes = new int[ROW];
    private final int[] lengths = new int[ROW];

    /**
     * What queries are answered by.
     *
     * @param prepared this thread's own; null where every query has to go the long way
     */
    record Rules(Desk desk, @Nullable PreparedAnswers prepared) {}

    /** A desk at {@code socket}. */
    UdpDesk(UdpSocket socket, Rules rules, Time time) {
        this.socket = socket;
        this.rules = rules;
        this.next = rules;
        this.time = time;
    }

    /** Answers by other rules from the next row on; any thread may say so. */
    void follow(Rules others) {
        next = others;
    }

    @Override
    public void run() {
        try {
            while (true) {
                serveRow();
            }
        } catch (ClosedChannelException end) {
            LOG.log(Level.DEBUG, "a socket was closed");
        } finally {
            close();
        }
    }

    private void close() {
        try {
            socket.close();
        } catch (IOException failure) {
            LOG.log(Level.DEBUG, "a socket did not close", failure);
        }
    }

    private void serveRow() throws ClosedChannelException {
        try {
            int count = socket.receive();
            rules = next;
            long since = time.nanos();
            for (int slot = 0; slot < count; slot++) {
                serve(slot);
            }
            socket.send();
            count(count, time.nanos() - since);
        } catch (ClosedChannelException end) {
            throw end;
        } catch (IOException failure) {
            LOG.log(Level.DEBUG, "a datagram was lost", failure); // an ICMP error of an earlier answer, mostly
        }
    }

    private void serve(int slot) {
        int size = socket.take(slot, in);
        Desk desk = rules.desk;
        PreparedAnswers prepared = rules.prepared;
        tallies[slot] = null;
        PreparedAnswers.Keeping keeping = null;
        if (prepared != null && query.read(in, size, socket.isV6())) {
            Prepared known = prepared.find(query);
            if (known != null && (prepared.isForPods(known, query) || !desk.isPod(socket.from(slot)))) {
                int length = prepared.write(known, query, in, out);
                socket.answer(slot, out, length);
                tallies[slot] = known.tally();
                sizes[slot] = size;
                lengths[slot] = length;
                return;
            }
            keeping = known == null ? prepared.prepare(query) : null;
        }
        serveLong(slot, size, keeping);
    }

    private void serveLong(int slot, int size, PreparedAnswers.@Nullable Keeping keeping) {
        Desk desk = rules.desk;
        PreparedAnswers prepared = rules.prepared;
        InetSocketAddress from = socket.from(slot);
        switch (desk.receive(ByteBuffer.wrap(Arrays.copyOf(in, size)), from, Transport.UDP)) {
            case Desk.Reception.Dropped() -> {}
            case Desk.Reception.Ready(byte[] answer) -> {
                socket.answer(slot, answer, answer.length);
                if (prepared != null && keeping != null) {
                    DnsMetrics.Tally tally = desk.tally(keeping.name(), query.type(), socket.isV6(), answer);
                    prepared.keep(query, keeping, answer, tally);
                }
            }
            case Desk.Reception.Waiting(Desk.Asked asked) ->
                Thread.ofVirtual().name("dns-forward").start(() -> await(desk, asked));
        }
    }

    private void await(Desk desk, Desk.Asked asked) {
        try {
            socket.sendLater(desk.await(asked), asked.from());
        } catch (IOException | InterruptedException gone) {
            LOG.log(Level.DEBUG, "an answer was not sent", gone);
        }
    }

    private void count(int count, long nanos) {
        for (int slot = 0; slot < count; slot++) {
            DnsMetrics.Tally tally = tallies[slot];
            if (tally != null) {
                tally.count(sizes[slot], lengths[slot], nanos);
            }
        }
    }
}
