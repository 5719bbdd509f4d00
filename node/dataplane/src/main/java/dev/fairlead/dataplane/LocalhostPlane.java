// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.dataplane.balance.Choice;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.wire.time.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Node ports on 127.0.0.1 by a relay, all else by the plane below, which gets every table first.
 *
 * <p>Rules of the kernel cannot carry these: a packet from 127.0.0.1 leaves the machine only where the sysctl {@code
 * route_localnet} is set, and then neighbours reach what listens on 127.0.0.1 for this machine alone. IPv4 only, as
 * kube-proxy has it; not SCTP.
 */
public final class LocalhostPlane implements DataPlane {
    private final DataPlane below;
    private final UserspacePlane relay;

    private LocalhostPlane(DataPlane below, UserspacePlane relay) {
        this.below = below;
        this.relay = relay;
    }

    /**
     * Node ports where the table has them on this node's localhost: clients there are the node itself.
     *
     * @param loop runs in the node's namespace; closed with this
     * @param random safe for several threads
     */
    public static LocalhostPlane inNode(DataPlane below, Loop loop, RandomGenerator random, Time time) {
        return over(
                below, loop, any -> any.stream().filter(IpAddress::isLoopback).toList(), random, time);
    }

    /**
     * Node ports on addresses of a host that stands outside.
     *
     * @param loop accepts on the host and connects in the node; closed with this
     */
    public static LocalhostPlane atDoors(
            DataPlane below, Loop loop, List<IpAddress> doors, RandomGenerator random, Time time) {
        return over(below, loop, any -> doors, random, time);
    }

    private static LocalhostPlane over(
            DataPlane below, Loop loop, UnaryOperator<List<IpAddress>> where, RandomGenerator random, Time time) {
        return new LocalhostPlane(
                below, new UserspacePlane(loop, null, new NodePorts(where), Choice.RANDOM, random, time));
    }

    private record NodePorts(UnaryOperator<List<IpAddress>> where) implements Surroundings {
        @Override
        public boolean carries(Frontend frontend) {
            return frontend.scope() instanceof Scope.NodePorts(IpFamily family)
                    && family == IpFamily.IPV4
                    && frontend.protocol() != Protocol.SCTP;
        }

        @Override
        public List<IpAddress> nodePorts(List<IpAddress> accepted) {
            return where.apply(accepted);
        }

        @Override
        public boolean keepSource(IpAddress backend) {
            return false;
        }

        @Override
        public void claim(IpAddress virtual) {
            throw new IllegalStateException(virtual + " is for the plane below");
        }

        @Override
        public void release(IpAddress virtual) {
            throw new IllegalStateException(virtual + " is for the plane below");
        }
    }

    @Override
    public List<Problem> apply(RouteTable table) throws InterruptedException {
        List<Problem> problems = new ArrayList<>(below.apply(table));
        for (Problem problem : relay.apply(table)) {
            problems.add(new Problem(
                    problem.frontend(),
                    problem.service(),
                    problem.reason() + "; at the node's other addresses it is carried"));
        }
        return List.copyOf(problems);
    }

    @Override
    public String mode() {
        return below.mode();
    }

    @Override
    public List<Binding> bindings() {
        return below.bindings();
    }

    @Override
    public List<Seen> seen(ObjectName service) {
        return Stream.concat(below.seen(service).stream(), relay.seen(service).stream())
                .toList();
    }

    @Override
    public List<Passed> passed() {
        return Passed.added(
                Stream.concat(below.passed().stream(), relay.passed().stream()).toList());
    }

    /** Of the plane below; who is refused at 127.0.0.1 is not counted. */
    @Override
    public List<Denied> denied() {
        return below.denied();
    }

    @Override
    public long failures() {
        return below.failures() + relay.failures();
    }

    @Override
    public List<Seen> failing(int most) {
        return Stream.concat(below.failing(most).stream(), relay.failing(most).stream())
                .limit(most)
                .toList();
    }

    @Override
    public void close() {
        relay.close();
        below.close();
    }
}
