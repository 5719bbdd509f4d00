// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The API where pods can reach it: connections to an address of the node's are passed on, byte by byte, to where the API is
 * served on the host. TLS goes through, so clients still prove themselves to the API and it to them.
 */
public final class ApiDoor implements AutoCloseable {
    private static final int PIECE = 16 * 1024;

    private final ServerSocketChannel listener;
    private final InetSocketAddress api;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private ApiDoor(ServerSocketChannel listener, InetSocketAddress api) {
        this.listener = listener;
        this.api = api;
    }

    /** Passes on what comes to {@code listener}, which is the door's from now on. */
    public static ApiDoor open(ServerSocketChannel listener, InetSocketAddress api) {
        ApiDoor door = new ApiDoor(listener, api);
        Thread.ofVirtual().name("api-door").start(door::accept);
        return door;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel client = listener.accept();
                Thread.ofVirtual().name("api-door-client").start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SocketChannel client) {
        open.add(client);
        try (client;
                SocketChannel server = SocketChannel.open(api)) {
            open.add(server);
            Thread back = Thread.ofVirtual().name("api-door-back").start(() -> pass(server, client));
            pass(client, server);
            back.join();
            open.remove(server);
        } catch (IOException gone) {
            // the client sees its connection end
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    /** Passes one direction on until it ends; a broken one breaks both. */
    private static void pass(SocketChannel from, SocketChannel to) {
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        try {
            while (from.read(piece) >= 0) {
                piece.flip();
                while (piece.hasRemaining()) {
                    to.write(piece);
                }
                piece.clear();
            }
            to.shutdownOutput();
        } catch (IOException broken) {
            close(from);
            close(to);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException gone) {
            // closing is all that was wanted
        }
        open.forEach(ApiDoor::close);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException gone) {
            // closing is all that was wanted
        }
    }
}
