// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.dataplane.relay.Frontend;
import dev.fairlead.dataplane.relay.Limits;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.dataplane.relay.Traffic;
import dev.fairlead.dataplane.relay.Upstream;
import dev.fairlead.dataplane.socket.ChannelSockets;
import dev.fairlead.dataplane.socket.LinuxSockets;
import dev.fairlead.dataplane.socket.Sockets;
import dev.fairlead.wire.time.SystemTime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/** One relay loop between two ports of 127.0.0.1: {@code RelayServer FRONTEND BACKEND [channels]}, until it is killed. */
public final class RelayServer {
    private RelayServer() {}

    /** Starts the loop on the calling thread. */
    public static void main(String[] arguments) throws Exception {
        InetAddress host = InetAddress.getLoopbackAddress();
        InetSocketAddress at = new InetSocketAddress(host, Integer.parseInt(arguments[0]));
        Upstream.Target target =
                new Upstream.Target(new InetSocketAddress(host, Integer.parseInt(arguments[1])), false, new Traffic());
        boolean channels = List.of(arguments).contains("channels");
        Sockets sockets = channels ? new ChannelSockets() : new LinuxSockets();
        Loop loop = new Loop(sockets, Limits.USUAL, new SystemTime());
        Thread.ofVirtual().start(() -> open(loop, new Frontend(at, false), new Only(target)));
        loop.run();
    }

    private static void open(Loop loop, Frontend frontend, Upstream upstream) {
        try {
            loop.change(new Loop.Changes(Map.of(frontend, upstream), List.of(), List.of()))
                    .forEach((at, failure) -> System.err.println(at + ": " + failure.getMessage()));
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private record Only(Target target) implements Upstream {
        @Override
        public Target choose(InetAddress client, List<Target> tried) {
            return target;
        }

        @Override
        public boolean has(InetAddress client, Target other) {
            return true;
        }
    }
}
