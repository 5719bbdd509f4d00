// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The non-blocking sockets of one event loop. A socket is a handle, a small number that is used again after it is closed.
 * Readiness is reported when it begins: after {@link #receive} or {@link #accept} said {@link #BLOCKED} (or received less
 * than it asked for), and after {@link #send} took less than it was given. One report may cover several causes, and a
 * report may be spurious.
 *
 * <p>Bytes move through one scratch buffer: receive fills it from its start, send takes from it.
 */
public interface Sockets extends AutoCloseable {
    /** Nothing can be done now; a report follows when it can. */
    int BLOCKED = -1;

    /** The connection is broken or could not be made. */
    int BROKEN = -2;

    /** What {@link #receive} answers when the other side has ended its sending. */
    int END = 0;

    /** Reported: there is something to receive or accept. */
    int READABLE = 1;

    /** Reported: there is room to send, or a connection was made or failed. */
    int WRITABLE = 2;

    /** Reported: the other side ended its sending, or the connection broke. */
    int HANGUP = 4;

    /** Reported: the other side ended its sending in good order, so what can be received now is all there will be. */
    int LAST = 8;

    /** Who is told what is ready. */
    interface Ready {
        /** Says that {@code handle} is ready for {@code events}, a sum of the constants above. */
        void ready(int handle, int events) throws IOException;
    }

    /** Where an accepted connection or a datagram came from; valid until the next call of accept or receiveFrom. */
    InetSocketAddress peer();

    /** Where bytes pass through. Its position and limit mean nothing. */
    ByteBuffer scratch();

    /** Listens for TCP connections at {@code at}, reporting READABLE; {@code who} may come in. */
    int listen(InetSocketAddress at, int backlog, Admission who) throws IOException;

    /** From now on others may come in at a socket of {@link #listen} or {@link #receive(InetSocketAddress, Admission)}. */
    void admit(int handle, Admission who) throws IOException;

    /**
     * Whether those who may not come in get no answer at all. If not, admissions are ignored here, and whoever chooses
     * endpoints has to turn strangers away.
     */
    boolean filters();

    /** The next waiting connection, not yet watched, or BLOCKED. */
    int accept(int listener) throws IOException;

    /**
     * Begins to connect to {@code to}, watched from the start; sending may be tried at once.
     *
     * @param from the address the connection shall come from, foreign addresses included where {@link #transparent}, or
     *     null for the system's choice
     * @return a handle, or BROKEN when it failed at once
     */
    int connect(InetSocketAddress to, @Nullable InetSocketAddress from) throws IOException;

    /** Begins to watch an accepted connection. */
    void watch(int handle) throws IOException;

    /** Whether a connection that was reported WRITABLE is made; false when it failed. */
    boolean connected(int handle);

    /** Receives into the scratch buffer: how many bytes (1 or more), END, BLOCKED or BROKEN. */
    int receive(int handle);

    /**
     * Sends {@code length} bytes of the scratch buffer from {@code offset}: how many were taken, BLOCKED or BROKEN.
     *
     * @param last whether {@link #shutdownOutput} or {@link #close} follows at once: then the end may travel with the bytes
     */
    int send(int handle, int offset, int length, boolean last);

    /** Says whether reports of READABLE are wanted: not while what was received before cannot be passed on. */
    void reading(int handle, boolean wanted);

    /** Ends sending; receiving goes on. */
    void shutdownOutput(int handle);

    /** A socket for the datagrams of everybody admitted to {@code at}, watched. */
    int receive(InetSocketAddress at, Admission who) throws IOException;

    /**
     * A socket for datagrams to and from {@code to}, watched.
     *
     * @param from as for {@link #connect}, with its port
     */
    int exchange(@Nullable InetSocketAddress from, InetSocketAddress to) throws IOException;

    /** Receives a datagram into the scratch buffer: its length plus one (an empty datagram is 1), BLOCKED or BROKEN. */
    int receiveFrom(int handle);

    /** Sends {@code length} bytes of the scratch buffer as a datagram to {@code to}; what cannot be sent is lost. */
    void sendTo(int handle, int length, InetSocketAddress to);

    /** Closes a socket; with {@code reset} the other side is told that the connection broke. */
    void close(int handle, boolean reset);

    /** Makes what was closed be closed for everybody else too; not to be called from within a report. */
    void settle();

    /** Where a socket is bound: the port that was found free when 0 was asked for. */
    InetSocketAddress bound(int handle) throws IOException;

    /** Whether connections may come from foreign addresses. */
    boolean transparent();

    /** Waits for reports at most {@code millis} (0: not at all, -1: for ever) and gives them to {@code ready}. */
    void poll(long millis, Ready ready) throws IOException;

    /** Makes the current or next {@link #poll} return; any thread may call it. */
    void wake();

    @Override
    void close();
}
