// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Accepts connections and has them served, each by a virtual thread: so many at a time, and so many of one source. */
final class Connections implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Connections.class.getName());
    private static final int MAX_CONNECTIONS = 1000;
    private static final int MAX_OF_ONE_SOURCE = 500;

    private final Time time;
    private final Duration patience;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Integer> sources = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(MAX_CONNECTIONS);
    private volatile boolean closed;

    /**
     * None yet.
     *
     * @param patience for the beginning of encryption
     */
    Connections(Time time, Duration patience) {
        this.time = time;
        this.patience = patience;
    }

    /** Serves a connection to its end. */
    interface Service {
        /** Closing {@code socket} ends it; it is closed in the end anyway. */
        void serve(Socket socket, InetSocketAddress from) throws IOException, InterruptedException;
    }

    /** Serves whoever connects to {@code listener}, from now on. */
    void accept(ServerSocketChannel listener, Service service) {
        open.add(listener);
        Thread.ofVirtual().name("dns-accept").start(() -> acceptAll(listener, service));
    }

    /** {@code service} behind TLS, for those who want to speak {@code protocol} (ALPN) or do not say. */
    Service encrypted(SSLContext context, String protocol, Service service) {
        return (socket, from) -> {
            try (SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, null, true)) {
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {protocol});
                secure.setSSLParameters(parameters);
                Time.Timer tooSlow = time.schedule(patience, () -> close(socket));
                try {
                    secure.startHandshake();
                } finally {
                    tooSlow.cancel();
                }
                service.serve(secure, from);
            }
        };
    }

    private void acceptAll(ServerSocketChannel listener, Service service) {
        while (!closed) {
            try {
                SocketChannel connection = listener.accept();
                InetSocketAddress from = (InetSocketAddress) connection.getRemoteAddress();
                if (sources.getOrDefault(from.getAddress(), 0) >= MAX_OF_ONE_SOURCE || !places.tryAcquire()) {
                    connection.close();
                    continue;
                }
                open.add(connection);
                sources.merge(from.getAddress(), 1, Integer::sum);
                Thread.ofVirtual().name("dns-connection").start(() -> serve(connection, from, service));
            } catch (ClosedChannelException end) {
                return;
            } catch (IOException failure) {
                LOG.log(Level.WARNING, "a connection was not accepted", failure);
            }
        }
    }

    private void serve(SocketChannel connection, InetSocketAddress from, Service service) {
        try (Socket socket = connection.socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            service.serve(socket, from);
        } catch (IOException | InterruptedException broken) {
            LOG.log(Level.DEBUG, "a connection ended", broken);
        } finally {
            open.remove(connection);
            sources.computeIfPresent(from.getAddress(), (any, count) -> count == 1 ? null : count - 1);
            places.release();
        }
    }

    /** How many there are just now. */
    int size() {
        return MAX_CONNECTIONS - places.availablePermits();
    }

    @Override
    public void close() {
        closed = true;
        open.forEach(Connections::close);
    }

    /** Ends what is open, whoever waits for it. */
    static void close(AutoCloseable connection) {
        try {
            connection.close();
        } catch (Exception failure) {
            LOG.log(Level.DEBUG, "a socket did not close", failure);
        }
    }
}
