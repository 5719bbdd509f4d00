// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The TCP sockets of one network namespace at one moment, but those in TIME_WAIT, as /proc/net/tcp and tcp6 list them (proc_net_tcp.txt).
 *
 * <p>Reading costs the kernel a walk over all its sockets: for questions asked now and then (before a pod gets SIGTERM),
 * not for each connection.
 */
public record TcpTable(List<TcpSocket> sockets) {
    private static final String SOCKET_LINK = "socket:[";
    private static final int BUFFER = 64 * 1024;
    private static final int STATE_WORD = 4;
    private static final byte TIME_WAIT = '6';

    public TcpTable {
        sockets = List.copyOf(sockets);
    }

    /** Of a namespace. */
    public static TcpTable of(Namespace namespace) {
        return namespace.call(() -> new TcpTable(read(Path.of("/proc/thread-self/net"), "tcp")));
    }

    /** Of the namespace in which a process is. */
    public static TcpTable ofProcess(long pid) {
        return new TcpTable(read(Path.of("/proc", Long.toString(pid), "net"), "tcp"));
    }

    /** The lines of one protocol's tables; those of {@code udp} look the same. */
    static List<TcpSocket> read(Path folder, String protocol) {
        List<TcpSocket> sockets = new ArrayList<>();
        for (String file : List.of(protocol, protocol + "6")) {
            try {
                eachLine(folder.resolve(file), line -> sockets.add(parse(line)));
            } catch (NoSuchFileException e) {
                if (file.equals(protocol)) { // a kernel may be without IPv6
                    throw new KernelException("read " + e.getFile(), Errno.ENOENT);
                }
            } catch (IOException e) {
                throw new KernelException("read " + folder.resolve(file), Errno.EIO, String.valueOf(e.getMessage()));
            }
        }
        return sockets;
    }

    /**
     * The lines of sockets that somebody still has. Those that only wait for stragglers (TIME_WAIT) may be a hundred
     * thousand after a minute of new connections, and say nothing: they are passed over before anything is made of them.
     */
    private static void eachLine(Path table, Consumer<String> line) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int filled = 0;
        boolean heading = true;
        try (InputStream in = Files.newInputStream(table)) {
            for (int count = in.read(buffer); count > 0; count = in.read(buffer, filled, BUFFER - filled)) {
                int start = 0;
                int end = filled + count;
                for (int i = filled; i < end; i++) {
                    if (buffer[i] == '\n') {
                        if (!heading && !waits(buffer, start, i)) {
                            line.accept(new String(buffer, start, i - start, StandardCharsets.ISO_8859_1));
                        }
                        heading = false;
                        start = i + 1;
                    }
                }
                filled = end - start;
                System.arraycopy(buffer, start, buffer, 0, filled);
            }
        }
    }

    /** Whether the fourth word, the state, is that of TIME_WAIT. */
    private static boolean waits(byte[] line, int from, int to) {
        int words = 0;
        for (int i = from; i < to - 1; i++) {
            boolean begins = line[i] != ' ' && (i == from || line[i - 1] == ' ');
            if (begins && ++words == STATE_WORD) {
                return line[i] == '0' && line[i + 1] == TIME_WAIT;
            }
        }
        return false;
    }

    /** {@code 0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 12345 …}. */
    static TcpSocket parse(String line) {
        String[] words = line.strip().split("\\s+", -1);
        int colon = words[4].indexOf(':');
        return new TcpSocket(
                address(words[1]),
                address(words[2]),
                TcpSocket.State.of(Integer.parseInt(words[3], 16)),
                Long.parseLong(words[4].substring(colon + 1), 16),
                Long.parseLong(words[4].substring(0, colon), 16),
                Long.parseLong(words[9]));
    }

    /** The kernel prints each 32 bits of an address as a number of the machine, the port as what it means. */
    private static InetSocketAddress address(String word) {
        int colon = word.indexOf(':');
        ByteBuffer bytes = ByteBuffer.allocate(colon / 2).order(ByteOrder.nativeOrder());
        for (int i = 0; i < colon; i += 8) {
            bytes.putInt(Integer.parseUnsignedInt(word.substring(i, i + 8), 16));
        }
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(bytes.array()), Integer.parseInt(word.substring(colon + 1), 16));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are addresses", e);
        }
    }

    public List<TcpSocket> listeners() {
        return in(TcpSocket.State.LISTEN);
    }

    private List<TcpSocket> in(TcpSocket.State state) {
        return sockets.stream().filter(socket -> socket.state() == state).toList();
    }

    /**
     * Connections that nobody has accepted yet, in the accept queues of listeners or half-open.
     *
     * @param which the local addresses meant; a listener on every address has the wildcard one
     */
    public long notAccepted(Predicate<InetAddress> which) {
        List<TcpSocket> local = sockets.stream()
                .filter(socket -> which.test(socket.local().getAddress()))
                .toList();
        TcpTable chosen = new TcpTable(local);
        return chosen.listeners().stream().mapToLong(TcpSocket::receiveQueue).sum()
                + chosen.in(TcpSocket.State.SYN_RECV).size();
    }

    /** Connections with bytes, or an end, that the peer has not acknowledged yet; their process may be long gone. */
    public long notAcknowledged() {
        return sockets.stream()
                .filter(socket -> socket.state() != TcpSocket.State.LISTEN && socket.sendQueue() > 0)
                .count();
    }

    /**
     * The listeners that belong to one of these processes. The processes are read now: one that has ended has none.
     *
     * @param pids for a pod, those of {@link ProcessStatus#session}
     */
    public List<TcpSocket> listenersOf(Set<Long> pids) {
        Set<Long> inodes = socketInodes(pids);
        return listeners().stream()
                .filter(listener -> inodes.contains(listener.inode()))
                .toList();
    }

    static Set<Long> socketInodes(Set<Long> pids) {
        Set<Long> inodes = new HashSet<>();
        pids.forEach(pid -> inodes.addAll(socketInodes(pid)));
        return inodes;
    }

    private static List<Long> socketInodes(long pid) {
        List<Long> inodes = new ArrayList<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors) {
                String target = link(descriptor);
                if (target.startsWith(SOCKET_LINK)) {
                    inodes.add(Long.valueOf(target.substring(SOCKET_LINK.length(), target.length() - 1)));
                }
            }
        } catch (IOException _) {
            // the process has ended, or is not ours to look at
        }
        return inodes;
    }

    private static String link(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException _) {
            return ""; // closed meanwhile
        }
    }
}
