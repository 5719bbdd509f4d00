// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where a host's processes listen for TCP connections. On loopback addresses pods outlive an instance that was killed: who takes
 * its block, and knows nothing of them, could start no pod there. Read as text, so that a JVM without access to native code can.
 */
final class HostListeners implements Taken {
    private static final System.Logger LOG = System.getLogger(HostListeners.class.getName());
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    /** TCP_LISTEN of the kernel's tcp_states.h, as the tables print it. */
    private static final String LISTEN = "0A";

    private static final String MAPPED = "0000000000000000FFFF0000";

    private @Nullable Set<IpAddress> seen;

    /** IPv4 addresses, as they were when first asked for; none where the system has no such tables. */
    private Set<IpAddress> addresses() {
        if (seen == null) {
            seen = look();
        }
        return seen;
    }

    private static Set<IpAddress> look() {
        Set<IpAddress> addresses = new TreeSet<>();
        for (Path table : TABLES) {
            if (Files.isReadable(table)) {
                try (BufferedReader lines = Files.newBufferedReader(table)) {
                    read(lines, addresses);
                } catch (IOException unread) {
                    LOG.log(Level.WARNING, "who listens on this host is not known: {0}", unread.getMessage());
                }
            }
        }
        return addresses;
    }

    /** {@code sl local_address rem_address st …}: listeners come first, so the first that is none ends it. */
    private static void read(BufferedReader lines, Set<IpAddress> into) throws IOException {
        String line = lines.readLine(); // headings
        while ((line = lines.readLine()) != null) {
            String[] words = line.strip().split("\\s+");
            if (words.length < 4 || !words[3].equals(LISTEN)) {
                return;
            }
            String address = words[1].substring(0, words[1].indexOf(':'));
            if (address.startsWith(MAPPED)) {
                address = address.substring(MAPPED.length());
            }
            if (address.length() == 8) {
                int number = HexFormat.fromHexDigits(address); // in the machine's order
                boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
                into.add(IpAddress.ofV4(Integer.toUnsignedLong(little ? Integer.reverseBytes(number) : number)));
            }
        }
    }

    @Override
    public Optional<String> conflict(Block block, String own) {
        if (!own.isEmpty()) {
            return Optional.empty(); // the block's own pods, left running
        }
        for (Cidr range : List.of(block.pods(), block.services(), block.loadBalancers())) {
            for (IpAddress address : addresses()) {
                if (range.contains(address)) {
                    return Optional.of("a process of this host listens at " + address + ", which is in " + range);
                }
            }
        }
        return Optional.empty();
    }
}
