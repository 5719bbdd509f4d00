// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.namespace.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A process that holds a netlink socket open, as far as /proc shows it.
 *
 * @param command what it is called, at most 15 characters
 */
public record SocketHolder(long pid, String command) {
    private static final int NETLINK_NETFILTER = 12;

    /**
     * Who holds the netfilter netlink socket with that number. Looks at every process: for error messages.
     *
     * @param namespace the socket's
     * @param port the socket's number (port id), which is often its process's, and else negative
     */
    public static Optional<SocketHolder> ofNetfilter(Namespace namespace, int port) {
        long inode = namespace.call(() -> inode(NETLINK_NETFILTER, Integer.toUnsignedString(port)));
        if (inode == 0) {
            return Optional.empty();
        }
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Long::valueOf)
                    .filter(pid -> TcpTable.socketInodes(Set.of(pid)).contains(inode))
                    .findFirst()
                    .map(pid -> new SocketHolder(pid, command(pid)));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** Of {@code sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode}, where Eth is the protocol and Pid the number. */
    private static long inode(int protocol, String port) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/net/netlink"));
            return lines.stream()
                    .skip(1)
                    .map(line -> line.strip().split("\\s+", -1))
                    .filter(words ->
                            words.length > 9 && words[1].equals(Integer.toString(protocol)) && words[2].equals(port))
                    .mapToLong(words -> Long.parseLong(words[9]))
                    .findFirst()
                    .orElse(0);
        } catch (IOException unreadable) {
            return 0;
        }
    }

    private static String command(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "comm"))
                    .strip();
        } catch (IOException ended) {
            return "?";
        }
    }

    @Override
    public String toString() {
        return "process " + pid + " (" + command + ")";
    }
}
