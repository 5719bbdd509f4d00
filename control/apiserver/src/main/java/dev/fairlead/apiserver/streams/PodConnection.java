// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One connection to a port of a pod, for a client that hears of it by messages. */
final class PodConnection implements AutoCloseable {
    private static final int PIECE = 32 * 1024;

    /** Makes the connection. */
    interface Dial {
        Socket open() throws IOException, InterruptedException;
    }

    /** Who hears what the pod says. */
    interface Hearer {
        void said(byte[] bytes) throws InterruptedException;

        /** Nothing more comes; {@code trouble} when the connection could not be made or broke. */
        void ended(@Nullable String trouble) throws InterruptedException;
    }

    private final Dial dial;
    private final Hearer hearer;
    private final Outbox outbox = new Outbox();
    private @Nullable Socket socket;
    private boolean closed;

    PodConnection(Dial dial, Hearer hearer) {
        this.dial = dial;
        this.hearer = hearer;
    }

    PodConnection start() {
        Thread.ofVirtual().name("forward").start(this::run);
        return this;
    }

    /** Says something to the pod, waiting while much is on its way. */
    void say(byte[] bytes) throws InterruptedException {
        outbox.put(bytes);
    }

    /** The client has nothing more to say, but listens. */
    void sayNoMore() {
        outbox.finish();
    }

    private void run() {
        try {
            hearer.ended(talk());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    private @Nullable String talk() throws InterruptedException {
        try (Socket open = dial.open()) {
            if (!taken(open)) {
                return null;
            }
            Thread.ofVirtual().name("forward-out").start(() -> tell(open));
            InputStream in = open.getInputStream();
            byte[] buffer = new byte[PIECE];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                hearer.said(Arrays.copyOf(buffer, count));
            }
            return null;
        } catch (IOException broken) {
            return left() ? null : String.valueOf(broken.getMessage());
        }
    }

    private void tell(Socket to) {
        try {
            for (byte[] piece = outbox.take(); piece != null; piece = outbox.take()) {
                to.getOutputStream().write(piece);
            }
            to.shutdownOutput();
        } catch (IOException broken) {
            outbox.close(); // the reader hears of it, too
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean taken(Socket open) {
        socket = open;
        return !closed;
    }

    private synchronized boolean left() {
        return closed;
    }

    /** Ends the connection at once. */
    @Override
    public void close() {
        Socket open;
        synchronized (this) {
            closed = true;
            open = socket;
        }
        outbox.close();
        if (open != null) {
            try {
                open.close();
            } catch (IOException gone) {
                // closing is all that was wanted
            }
        }
    }
}
