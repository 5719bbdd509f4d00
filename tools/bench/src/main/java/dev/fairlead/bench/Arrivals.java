// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.core.definition.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/** All pods at once: a listener on one port of every loopback address, which says to which of them a client came. */
final class Arrivals implements AutoCloseable {
    private static final int V4 = 4;
    private final ServerSocket listener;

    Arrivals() throws IOException {
        listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[V4]), 0), 1024);
        Thread.ofVirtual().start(this::answer);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void answer() {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept()) {
                client.getOutputStream().write(client.getLocalAddress().getAddress());
            } catch (SocketException over) {
                // closed: by a client, or for good
            } catch (IOException failure) {
                System.err.println("bench: a pod's answer failed: " + failure.getMessage());
            }
        }
    }

    /** Connects and gives the address of the pod that took the connection. */
    IpAddress connect(InetSocketAddress at) throws IOException {
        try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
            byte[] address = socket.getInputStream().readNBytes(V4);
            if (address.length < V4) {
                throw new IOException(at + " closed the connection before its pod answered");
            }
            return IpAddress.of(address);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
