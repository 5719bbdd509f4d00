// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A bound socket whose datagrams come and go in rows, as many as are there at a time. One thread receives and answers; {@link
 * #sendLater} and {@link #close} may come from any.
 */
public sealed interface UdpSocket extends AutoCloseable permits ChannelUdpSocket, LinuxUdpSocket {
    /**
     * A socket at {@code at}, in the network namespace of the calling thread.
     *
     * @param linux whether rows may have more than one datagram: system calls of Linux are used then
     * @throws java.net.BindException when the address is taken, or none of ours
     */
    static UdpSocket open(InetSocketAddress at, boolean linux) throws IOException {
        return linux ? LinuxUdpSocket.open(at) : ChannelUdpSocket.open(at);
    }

    /**
     * Waits for a row in place of the one before.
     *
     * @return how many there are, at least one
     * @throws java.nio.channels.ClosedChannelException when the socket is closed
     */
    int receive() throws IOException;

    /** Copies the bytes of a datagram; how many. What is longer than {@code into} is cut. */
    int take(int slot, byte[] into);

    /** Who sent a datagram. */
    InetSocketAddress from(int slot);

    /** Gives the sender of a datagram an answer, at the latest by {@link #send}. */
    void answer(int slot, byte[] answer, int length);

    /** Sends the answers of the row. */
    void send() throws IOException;

    /** Sends one answer when its row is long gone. */
    void sendLater(byte[] answer, InetSocketAddress to) throws IOException;

    /** Whether it is one of IPv6. */
    boolean isV6();

    /** Frees the address before it returns. */
    @Override
    void close() throws IOException;
}
