// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The resolvers that the host itself uses, as resolv.conf(5) names them. */
public final class HostResolvers {
    private static final int DNS_PORT = 53;

    private HostResolvers() {}

    /** The {@code nameserver} lines of {@code file}, in order; none when it cannot be read. */
    public static List<InetSocketAddress> read(Path file) {
        List<InetSocketAddress> resolvers = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                String[] words = line.strip().split("\\s+");
                if (words.length >= 2 && words[0].equals("nameserver") && words[1].matches("[0-9a-fA-F:.%a-z]+")) {
                    resolvers.add(new InetSocketAddress(words[1], DNS_PORT));
                }
            }
        } catch (IOException unreadable) {
            return List.of();
        }
        return List.copyOf(resolvers);
    }
}
