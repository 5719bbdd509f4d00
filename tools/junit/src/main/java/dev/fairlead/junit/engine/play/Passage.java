// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.play;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * One port of a pod: takes connections at the pod's address and passes them on to whoever plays it, unless the pod's mood is
 * against it.
 */
final class Passage implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final Duration CONNECTING = Duration.ofSeconds(10);
    /** Milliseconds without a new client after which none waits any more. */
    private static final int DRAINING = 50;
    /** Nanoseconds until another connection is taken when one could not be: the process may have too many files open. */
    private static final long AGAIN = 10_000_000;
    /** Nanoseconds after which a connection on which all was answered has nothing more to ask. */
    private static final long QUIET = 50_000_000;

    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final Mood mood;
    private final Runnable taken;
    private final Pause pause;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Talk> talks = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;
    private volatile boolean killed;
    /** When something happened last, by the machine's clock. */
    private volatile long active = System.nanoTime();
    /** The port of the client that tells the acceptor to come to an end; 0 before. */
    private volatile int waker;

    private Passage(ServerSocket listener, InetSocketAddress target, Mood mood, Runnable taken, Pause pause) {
        this.listener = listener;
        this.target = target;
        this.mood = mood;
        this.taken = taken;
        this.pause = pause;
        this.acceptor = Thread.ofVirtual().name("passage").start(this::accept);
    }

    /**
     * Opens a pod's port.
     *
     * @param target where connections are passed on to
     * @param taken told of each connection that is
     * @param pause how an answer waits
     * @throws IOException when the port cannot be had, naming it
     */
    static Passage open(InetSocketAddress at, InetSocketAddress target, Mood mood, Runnable taken, Pause pause)
            throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(at, BACKLOG);
        } catch (IOException refused) {
            listener.close();
            String advice = at.getPort() < 1024
                    ? "; ports below 1024 need a privilege on this machine: let the container have another one"
                    : "";
            throw new IOException(
                    "port " + at.getPort() + " of the pod's address "
                            + at.getAddress().getHostAddress() + ": " + refused.getMessage() + advice,
                    refused);
        }
        return new Passage(listener, target, mood, taken, pause);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (client.getPort() == waker) {
                    client.close();
                    listener.setSoTimeout(DRAINING); // what the kernel has connected already is still accepted
                } else {
                    active = System.nanoTime();
                    open.add(client);
                    Thread.ofVirtual().name("passage-client").start(() -> serve(client));
                }
            } catch (SocketTimeoutException drained) {
                shut();
            } catch (IOException closedOrTooMany) {
                if (!listener.isClosed()) {
                    LockSupport.parkNanos(AGAIN);
                }
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            if (killed || mood.connections() == Mood.Connections.RESET) {
                reset(client);
                return;
            }
            if (mood.connections() == Mood.Connections.UNANSWERED) {
                awaitEnd(client);
                return;
            }
            client.setTcpNoDelay(true);
            try (Socket server = new Socket()) {
                server.setTcpNoDelay(true);
                server.connect(target, (int) CONNECTING.toMillis());
                open.add(server);
                taken.run();
                Talk talk = new Talk();
                talks.add(talk);
                try {
                    Thread back =
                            Thread.ofVirtual().name("passage-back").start(() -> pass(server, client, talk::answer));
                    pass(client, server, talk::question);
                    back.join();
                } finally {
                    talks.remove(talk);
                    open.remove(server);
                }
            }
        } catch (IOException gone) {
            reset(client); // whoever plays the pod does not answer: neither does the pod
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    /** Reads and drops until the client gives up or the passage is killed. */
    private static void awaitEnd(Socket client) throws IOException {
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    /** One connection: what is said over it, and whether anything still is. */
    private final class Talk {
        private volatile boolean asked;
        private volatile boolean lost;

        /** Whether the pod hears what a client says. */
        boolean question() {
            asked = true;
            return heard();
        }

        /** Whether the client hears what the pod says; an answer is late once, at its beginning. */
        boolean answer() throws InterruptedException {
            if (asked && heard()) {
                pause.until(mood);
                asked = false;
            }
            return heard();
        }

        /** What a pod that hangs does not take is lost, and with it the rest of the connection. */
        private boolean heard() {
            lost |= mood.connections() == Mood.Connections.UNANSWERED;
            return !lost;
        }
    }

    /** Whether to pass on a piece that has come. */
    @FunctionalInterface
    private interface Passes {
        boolean piece() throws InterruptedException;
    }

    private void pass(Socket from, Socket to, Passes passes) {
        byte[] piece = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                active = System.nanoTime();
                if (passes.piece()) {
                    out.write(piece, 0, length);
                }
                active = System.nanoTime();
            }
            to.shutdownOutput();
        } catch (IOException broken) {
            reset(from);
            reset(to);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Resets every connection that is open; those to come too, if the mood says so. */
    void resetAll() {
        open.forEach(Passage::reset);
    }

    /**
     * Takes no new connection. Those that waited to be accepted have been when this returns: closing would have reset them.
     *
     * <p>The acceptor waits for a client, so one comes to tell it.
     */
    void drain() {
        active = System.nanoTime();
        try (Socket telling = new Socket()) {
            telling.bind(new InetSocketAddress(listener.getInetAddress(), 0));
            waker = telling.getLocalPort();
            telling.connect(listener.getLocalSocketAddress(), (int) CONNECTING.toMillis());
            acceptor.join();
        } catch (IOException closed) {
            shut();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            shut();
        }
    }

    /** Gives the port up: the socket lives for as long as a virtual thread accepts from it, so that one is waited for. */
    private void shut() {
        try {
            listener.close();
        } catch (IOException gone) {
            // closing is all that was wanted
        }
        if (!Thread.currentThread().equals(acceptor)) {
            try {
                acceptor.join();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether a client waits for an answer, or has just got one and may ask again. */
    boolean busy() {
        return talks.stream().anyMatch(talk -> talk.asked) || !open.isEmpty() && System.nanoTime() - active < QUIET;
    }

    /** Ends it at once: connections are reset. */
    void kill() {
        killed = true;
        shut();
        resetAll();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (SocketException closed) {
            // it is closed already
        } catch (IOException gone) {
            // closing is all that was wanted
        }
    }

    @Override
    public void close() {
        shut();
        open.forEach(Passage::end);
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // closing is all that was wanted
        }
    }

    /** The address of {@code host} as a socket's. */
    static InetSocketAddress at(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }
}
