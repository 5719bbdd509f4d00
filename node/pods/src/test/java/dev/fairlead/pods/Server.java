// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What test pods run: an HTTP server that is ready while the file {@code not-ready} is missing in its directory. */
final class Server {
    private Server() {}

    /** Arguments: the address to bind to ({@code *} for all), the port. */
    public static void main(String[] arguments) throws IOException {
        InetAddress address = arguments[0].equals("*") ? null : InetAddress.getByName(arguments[0]);
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[1]), 50, address)) {
            System.out.println("listening on " + server.getLocalSocketAddress());
            while (true) {
                try (Socket client = server.accept()) {
                    client.getInputStream().read(new byte[4096]);
                    String status = Files.exists(Path.of("not-ready")) ? "503 Service Unavailable" : "200 OK";
                    client.getOutputStream()
                            .write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
    }
}
