// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import dev.fairlead.kernel.process.TcpSocket;
import dev.fairlead.kernel.process.TcpTable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Whether the API can be served where the user wants it, asked before anything else is done. */
final class ListenAddress {
    private ListenAddress() {}

    /**
     * Returns when {@code address} can be listened on.
     *
     * @throws IOException when it cannot; the message says why, who has it where that is known, and what to do
     */
    static void ensureFree(InetSocketAddress address) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true); // connections of an instance that has just ended are in nobody's way
            probe.bind(address);
        } catch (IOException refused) {
            BindException told = new BindException("cannot listen on " + text(address) + ": "
                    + advice(String.valueOf(refused.getMessage()), address.getPort()));
            told.initCause(refused);
            throw told;
        }
    }

    private static String advice(String why, int port) {
        if (why.contains("in use")) {
            return "the port is in use by " + holder(port) + "; stop that, or choose another address with --listen";
        }
        return why.contains("denied")
                ? "ports below 1024 need a privilege; choose another port with --listen"
                : why + "; choose an address of this machine with --listen";
    }

    private static String holder(int port) {
        if (!Files.exists(Path.of("/proc/self/ns/net"))) {
            return "another program";
        }
        List<TcpSocket> there = TcpTable.listening().sockets().stream()
                .filter(socket -> socket.local().getPort() == port)
                .toList();
        TcpTable table = new TcpTable(there);
        return ProcessHandle.allProcesses()
                .filter(process -> !table.listenersOf(Set.of(process.pid())).isEmpty())
                .findFirst()
                .map(process -> name(process.info()) + " (pid " + process.pid() + ")")
                .orElse("another program"); // or another user's, whose descriptors are not shown
    }

    private static String name(ProcessHandle.Info info) {
        boolean ours = Arrays.asList(info.arguments().orElse(new String[0])).contains("dev.fairlead.cli.Main");
        String command = info.command().orElse("another program");
        return ours ? "another Fairlead" : command.substring(command.lastIndexOf('/') + 1);
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
