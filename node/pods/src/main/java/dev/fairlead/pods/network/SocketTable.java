// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.kernel.process.ProcessStatus;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The TCP sockets of a network namespace as {@code /proc/<pid>/net/tcp} and {@code tcp6} show them (proc(5)). */
final class SocketTable {
    /** include/net/tcp_states.h */
    private static final int SYN_RECV = 3;

    private static final int LISTEN = 10;

    /**
     * One socket.
     *
     * @param state as in the kernel's tcp_states.h
     * @param queued for a listening socket, how many connections wait to be accepted
     */
    record Entry(IpAddress local, int port, int state, long queued, long inode) {
        boolean listening() {
            return state == LISTEN;
        }

        boolean halfOpen() {
            return state == SYN_RECV;
        }
    }

    private SocketTable() {}

    /** The sockets below {@code net}, such as {@code /proc/self/net}; empty where there is no such table. */
    static List<Entry> read(Path net) {
        List<Entry> entries = new ArrayList<>();
        for (String file : List.of("tcp", "tcp6")) {
            try {
                Files.readAllLines(net.resolve(file)).stream().skip(1).forEach(line -> entries.add(parse(line)));
            } catch (IOException noSuchTable) {
                // no IPv6, no /proc, or the process is gone
            }
        }
        return entries;
    }

    static Entry parse(String line) {
        String[] fields = line.strip().split("\\s+");
        int colon = fields[1].indexOf(':');
        return new Entry(
                address(fields[1].substring(0, colon)),
                Integer.parseInt(fields[1].substring(colon + 1), 16),
                Integer.parseInt(fields[3], 16),
                Long.parseLong(fields[4].substring(fields[4].indexOf(':') + 1), 16),
                Long.parseLong(fields[9]));
    }

    /**
     * Words of 32 bits, each printed as a number of this (little-endian) machine. Many servers, Java's among them, use
     * IPv6 sockets for IPv4 too: such an address is told as the IPv4 address it is.
     */
    private static IpAddress address(String hex) {
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            int from = (i / 4 * 4 + 3 - i % 4) * 2;
            bytes[i] = (byte) Integer.parseInt(hex.substring(from, from + 2), 16);
        }
        IpAddress address = IpAddress.of(bytes);
        boolean mapped = bytes.length == 16 && address.high() == 0 && address.low() >>> 32 == 0xffff;
        return mapped ? IpAddress.ofV4(address.low()) : address;
    }

    /** The inodes of all sockets that processes of these sessions have open. */
    static Set<Long> inodes(Set<Long> sessions) {
        Set<Long> inodes = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (ProcessStatus.of(pid)
                        .filter(status -> sessions.contains(status.session()))
                        .isPresent()) {
                    addSockets(process.resolve("fd"), inodes);
                }
            }
        } catch (IOException noProc) {
            // nothing can be said then
        }
        return inodes;
    }

    private static void addSockets(Path descriptors, Set<Long> inodes) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : open) {
                String target = Files.readSymbolicLink(descriptor).toString();
                if (target.startsWith("socket:[")) {
                    inodes.add(Long.parseLong(target.substring(8, target.length() - 1)));
                }
            }
        } catch (IOException gone) {
            // the process has ended meanwhile
        }
    }
}
