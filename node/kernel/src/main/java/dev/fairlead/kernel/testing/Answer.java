// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.testing;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What a {@link Host}'s server answers: who it is and what it saw, so that a test can tell where a connection ended and
 * with which addresses it came.
 *
 * @param server name of the host that answered
 * @param client whom the server believes to talk to
 * @param asked the address and port the server was reached at
 * @param text the question, sent back
 */
public record Answer(String server, InetSocketAddress client, InetSocketAddress asked, String text) {

    /** The answer as one line: {@code pod-a 10.244.1.2 41000 10.244.1.3 8080 hello}. */
    String line() {
        return String.join(
                        " ",
                        server,
                        client.getAddress().getHostAddress(),
                        Integer.toString(client.getPort()),
                        asked.getAddress().getHostAddress(),
                        Integer.toString(asked.getPort()),
                        text)
                + "\n";
    }

    public static Answer parse(String line) {
        String[] words = line.strip().split(" ", 6);
        if (words.length != 6) {
            throw new IllegalStateException("not an answer of a host in the lab: " + line);
        }
        return new Answer(words[0], address(words[1], words[2]), address(words[3], words[4]), words[5]);
    }

    private static InetSocketAddress address(String host, String port) {
        String withoutScope = host.contains("%") ? host.substring(0, host.indexOf('%')) : host;
        return new InetSocketAddress(InetAddress.ofLiteral(withoutScope), Integer.parseInt(port));
    }
}
