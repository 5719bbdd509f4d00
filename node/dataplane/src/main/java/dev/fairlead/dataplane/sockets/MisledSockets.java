// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.sockets;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.bpf.BpfMap;
import dev.fairlead.kernel.bpf.UdpSockets;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.process.Cgroups;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ends connected UDP sockets whose endpoint is gone. Their programs put them down by cookie, with the namespace's; they are
 * looked for in the namespaces of the cgroup's processes, but only where one is known to be.
 */
record MisledSockets(Path cgroup, Namespace node, BpfMap datagrams) {
    private static final int LIVE = 24;

    /** Looks through all of them; how many were ended. */
    int end(BpfMap live) {
        Map<Long, Set<Long>> misled = new HashMap<>();
        for (byte[] socket : datagrams.keys()) {
            datagrams.lookup(socket).ifPresent(led -> {
                if (live.lookup(Arrays.copyOf(led, LIVE)).isEmpty()) {
                    misled.computeIfAbsent(number(led, LIVE), _ -> new HashSet<>())
                            .add(number(socket, 0));
                }
            });
        }
        int ended = 0;
        if (!misled.isEmpty()) {
            ended += endIn(node, misled);
            Set<String> seen = new HashSet<>();
            for (long process : Cgroups.allProcesses(cgroup)) {
                if (misled.isEmpty()) {
                    break;
                }
                try (Namespace namespace = Namespace.ofProcess(process)) {
                    if (seen.add(namespace.identity())) {
                        ended += endIn(namespace, misled);
                    }
                } catch (KernelException e) {
                    if (!e.isNotFound()) { // it has just ended
                        throw e;
                    }
                }
            }
        }
        return ended;
    }

    private static int endIn(Namespace namespace, Map<Long, Set<Long>> misled) {
        Set<Long> here = misled.remove(namespace.cookie());
        if (here == null) {
            return 0;
        }
        int ended = 0;
        try (UdpSockets sockets = UdpSockets.in(namespace)) {
            List<UdpSockets.Found> found = sockets.connected();
            for (UdpSockets.Found socket : found) {
                if (here.contains(socket.cookie()) && sockets.destroy(socket)) {
                    ended++;
                }
            }
        }
        return ended;
    }

    private static long number(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong(at);
    }
}
