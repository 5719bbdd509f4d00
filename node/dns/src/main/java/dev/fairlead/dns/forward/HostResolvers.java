// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import dev.fairlead.dns.message.DnsName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the host itself resolves with, as resolv.conf(5) says.
 *
 * @param servers the {@code nameserver} lines, in order
 * @param search the domains of its search path, in order
 */
public record HostResolvers(List<InetSocketAddress> servers, List<DnsName> search) {
    private static final int DNS_PORT = 53;

    /** Keeps the lists as they are. */
    public HostResolvers {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
    }

    /** Reads {@code file}; nothing when it cannot be read. */
    public static HostResolvers read(Path file) {
        List<InetSocketAddress> servers = new ArrayList<>();
        List<DnsName> search = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                List<String> words = List.of(line.strip().split("\\s+"));
                String word = words.getFirst();
                if (words.size() >= 2
                        && word.equals("nameserver")
                        && words.get(1).matches("[0-9a-fA-F:.%a-z]+")) {
                    servers.add(new InetSocketAddress(words.get(1), DNS_PORT));
                } else if (word.equals("search") || word.equals("domain")) {
                    search.clear(); // the last line counts
                    words.subList(1, words.size()).forEach(domain -> addName(domain, search));
                }
            }
        } catch (IOException unreadable) {
            return new HostResolvers(List.of(), List.of());
        }
        return new HostResolvers(servers, search);
    }

    private static void addName(String text, List<DnsName> names) {
        try {
            DnsName name = DnsName.of(text);
            if (!name.equals(DnsName.ROOT)) {
                names.add(name);
            }
        } catch (IllegalArgumentException notAName) {
            // the host's own resolver can do nothing with it either
        }
    }
}
