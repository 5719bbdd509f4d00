// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.agent.network.NodeNetwork;
import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dataplane.LocalhostPlane;
import dev.fairlead.dataplane.Surroundings;
import dev.fairlead.dataplane.UserspacePlane;
import dev.fairlead.dataplane.balance.Choice;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.Guard;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.dataplane.relay.Limits;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.dataplane.socket.LinuxSockets;
import dev.fairlead.dataplane.socket.Sockets;
import dev.fairlead.dataplane.sockets.SocketPlane;
import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.process.Cgroups;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Makes data planes for a node. */
final class Planes {
    /** The nftables table of whoever carries Services here. */
    static final String TABLE = "fairlead";

    private static final List<IpAddress> DOORS = List.of(IpAddress.of("127.0.0.1"));
    private static final String NO_SOCKETS = "Services cannot be balanced at sockets: ";

    private Planes() {}

    /** A relay with its loops on threads of their own. */
    static UserspacePlane relay(NodeNetwork network, Time time) throws IOException {
        Loop loop = loop(network, network.sockets(), "relay", time);
        Loop door = network.hostIsOutside() ? loop(network, network.doorSockets(), "relay-door", time) : null;
        return new UserspacePlane(loop, door, surroundings(network), Choice.RANDOM, new Random(), time);
    }

    /** The kernel's, looked after where others may change it. */
    static NftablesPlane nftables(Namespace namespace, Ruleset.Options options, Time time) throws IOException {
        try {
            NftablesPlane plane = NftablesPlane.in(namespace, TABLE, options);
            if (plane.shared()) {
                Guard.over(plane, time);
            }
            return plane;
        } catch (KernelException refused) {
            String need = refused.isPermission() && refused.kernelText().isEmpty()
                    ? " (it needs the capability NET_ADMIN)"
                    : "";
            throw new IOException("nftables cannot carry Services: " + refused.getMessage() + need, refused);
        }
    }

    /** The same with node ports on the node's own 127.0.0.1. */
    static DataPlane withLocalhost(DataPlane plane, Namespace namespace, Time time) {
        Loop loop = new Loop(new LinuxSockets(), Limits.USUAL, time);
        namespace.start("relay-localhost", loop::run);
        return LocalhostPlane.inNode(plane, loop, new Random(), time);
    }

    /** The same with node ports on 127.0.0.1 of the host, where that is outside. */
    static DataPlane withDoors(DataPlane plane, NodeNetwork network, Time time) throws IOException {
        return network.hostIsOutside()
                ? LocalhostPlane.atDoors(
                        plane, loop(network, network.doorSockets(), "relay-door", time), DOORS, new Random(), time)
                : plane;
    }

    /**
     * Programs at sockets above another plane.
     *
     * @throws IOException where there can be none, with the reason; the plane below is closed then
     */
    static SocketPlane sockets(DataPlane below, Supplier<SocketPlane.Options> options) throws IOException {
        Probe probe = Probe.socketHooks();
        if (!probe.possible()) {
            below.close();
            throw new IOException(NO_SOCKETS + probe.reason());
        }
        try {
            return SocketPlane.over(below, options.get());
        } catch (KernelException refused) {
            below.close();
            throw new IOException(NO_SOCKETS + refused.getMessage(), refused);
        }
    }

    /** Where the cgroup of everything on this host is. */
    static Path cgroups() {
        return Cgroups.mountPoint()
                .orElseThrow(() -> new KernelException("find cgroup2", Errno.ENOENT, "cgroup2 is not mounted"));
    }

    /** A loop on a thread of its own, which stands where the node's sockets belong. */
    private static Loop loop(NodeNetwork network, Sockets sockets, String name, Time time) {
        Loop loop = new Loop(sockets, Limits.USUAL, time);
        network.start(name, loop::run);
        return loop;
    }

    private static Surroundings surroundings(NodeNetwork network) {
        boolean loopback = network.mode() == Mode.LOOPBACK;
        List<IpAddress> own = network.nodeIps();
        return new Surroundings() {
            @Override
            public boolean keepSource(IpAddress backend) {
                return !loopback && !own.contains(backend);
            }

            @Override
            public boolean otherPorts() {
                return loopback;
            }

            @Override
            public List<IpAddress> doors() {
                return network.hostIsOutside() ? DOORS : List.of();
            }

            @Override
            public void claim(IpAddress virtual) throws IOException {
                network.claim(virtual);
            }

            @Override
            public void release(IpAddress virtual) {
                network.release(virtual);
            }
        };
    }
}
