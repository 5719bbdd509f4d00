// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.cluster;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * The running agent's ear: a socket in its directory, for whoever may open that (its owner alone). What is asked is one word,
 * {@code cleanup}; what is answered is what was done, in lines. Others cannot do it themselves: the agent owns its table.
 */
public final class Control implements AutoCloseable {
    private static final String CLEANUP = "cleanup";
    private static final int LONGEST = 1 << 16;

    private final ServerSocketChannel listener;
    private final Path socket;
    private final CompletableFuture<Boolean> cleaned = new CompletableFuture<>();

    private Control(ServerSocketChannel listener, Path socket) {
        this.listener = listener;
        this.socket = socket;
    }

    /**
     * Listens; the directory is the caller's alone.
     *
     * @param cleanup does it and says what it did
     */
    public static Control listen(Path directory, Supplier<String> cleanup) throws IOException {
        Path socket = socket(directory);
        Files.deleteIfExists(socket); // of a life that was killed
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        Control control = new Control(listener, socket);
        Thread.ofPlatform().daemon().name("control").start(() -> control.run(cleanup));
        return control;
    }

    private static Path socket(Path directory) {
        return directory.resolve("control");
    }

    private void run(Supplier<String> cleanup) {
        while (listener.isOpen()) {
            if (answered(cleanup)) {
                cleaned.complete(true);
            }
        }
    }

    private boolean answered(Supplier<String> cleanup) {
        try (SocketChannel client = listener.accept()) {
            boolean asked = read(client).equals(CLEANUP);
            if (asked) {
                client.write(ByteBuffer.wrap(cleanup.get().getBytes(StandardCharsets.UTF_8)));
            }
            return asked;
        } catch (IOException gone) {
            return false; // the client, or this
        }
    }

    private static String read(SocketChannel from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        int read = 0;
        while (read >= 0 && bytes.hasRemaining()) {
            read = from.read(bytes);
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    /** Asks the agent that runs on this directory to clean up and end; empty when none runs. */
    public static Optional<String> askForCleanup(Path directory) throws IOException {
        if (!Files.exists(socket(directory))) {
            return Optional.empty();
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket(directory)));
            } catch (java.net.ConnectException nobody) {
                return Optional.empty(); // it was killed
            }
            channel.write(ByteBuffer.wrap(CLEANUP.getBytes(StandardCharsets.UTF_8)));
            channel.shutdownOutput();
            return Optional.of(read(channel));
        }
    }

    /** Waits until somebody has asked to clean up and it is done: true; or until this is closed: false. */
    public boolean awaitCleanup() throws InterruptedException {
        try {
            return cleaned.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("never completed so", impossible);
        }
    }

    @Override
    public void close() {
        cleaned.complete(false);
        try {
            listener.close();
            Files.deleteIfExists(socket);
        } catch (IOException gone) {
            // closing is all that was wanted
        }
    }
}
