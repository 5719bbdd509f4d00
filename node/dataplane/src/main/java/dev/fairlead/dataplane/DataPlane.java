// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.routes.Because;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Route;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.relay.Traffic;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Carries traffic as a RouteTable says. One thread changes it. */
public interface DataPlane extends AutoCloseable {
    /**
     * Follows {@code table} from now on. A barrier: when this returns, every new connection does; connections under way
     * go on.
     *
     * @return what of the table cannot be carried here, all of it, not only what is new
     */
    List<Problem> apply(RouteTable table) throws InterruptedException;

    /** How, in kube-proxy's words: {@code userspace} or {@code nftables}. */
    String mode();

    /** Where frontends are really bound, if it is not where they are said to be. */
    List<Binding> bindings();

    /** What is known of the endpoints of a Service's frontends; nothing where the plane does not count. */
    default List<Seen> seen(ObjectName service) {
        return List.of();
    }

    /**
     * How many connections were made to each endpoint of each Service port, as far as they are counted: sorted, without those
     * that nobody tried. What it costs is asking.
     */
    default List<Passed> passed() {
        return List.of();
    }

    /**
     * How much was refused or discarded, by family and reason: all reasons there are, or nothing where the plane does not
     * count. What it costs is asking.
     */
    default List<Denied> denied() {
        return List.of();
    }

    /** How many attempts to connect to endpoints have failed so far: whether {@link #failing} is worth asking again. */
    default long failures() {
        return 0;
    }

    /** At most that many of the endpoints that did not take the latest connection. */
    default List<Seen> failing(int most) {
        return List.of();
    }

    @Override
    void close();

    /**
     * A frontend that cannot be carried.
     *
     * @param frontend as the table names it
     * @param service whose it is
     * @param reason what was refused, and what would help
     */
    record Problem(Frontend frontend, ObjectName service, String reason) {}

    /**
     * Connections to an endpoint of a Service port, since this plane counts.
     *
     * @param traffic what else is known of them; null where connections alone are counted
     */
    record Passed(
            Route.Key route,
            IpAddress address,
            int port,
            long connections,
            @Nullable Traffic traffic) {
        /** By Service, port, protocol, family, endpoint. */
        public static final Comparator<Passed> ORDER = Comparator.comparing((Passed passed) -> passed.route.service())
                .thenComparing(passed -> passed.route.port())
                .thenComparing(passed -> passed.route.protocol())
                .thenComparing(Passed::address)
                .thenComparingInt(Passed::port);

        /** One for each endpoint of a Service port, with the connections of all that are about it; sorted. */
        public static List<Passed> added(Collection<Passed> some) {
            Map<Passed, Passed> sums = new TreeMap<>(ORDER);
            some.forEach(one -> sums.merge(one, one, Passed::plus));
            return List.copyOf(sums.values());
        }

        /** What only one of them knows is not known of both. */
        private Passed plus(Passed other) {
            return new Passed(route, address, port, connections + other.connections, null);
        }
    }

    /**
     * What was not forwarded, since this plane counts.
     *
     * @param refused whether clients were told; else they got no answer
     * @param packets first packets of connections; a client that tries again counts again
     */
    record Denied(IpFamily family, Because.Word reason, boolean refused, long packets) {}

    /** What passed to an endpoint of a Service. */
    record Seen(IpAddress address, int port, Traffic traffic) {}
}
