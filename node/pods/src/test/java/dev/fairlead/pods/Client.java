// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** What test pods run: connects once and says from where. Arguments: an address, a port. */
final class Client {
    private Client() {}

    public static void main(String[] arguments) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName(arguments[0]), Integer.parseInt(arguments[1]))) {
            System.out.println("from " + socket.getLocalAddress().getHostAddress());
        }
    }
}
