// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.traffic;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.explain.TrafficReport;
import dev.fairlead.core.explain.TrafficReport.Amounts;
import dev.fairlead.core.explain.TrafficReport.Line;
import dev.fairlead.core.explain.TrafficReport.Port;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What passes through a Service port, or to one endpoint of it: on all nodes together, between two looks and altogether.
 *
 * @param total since the nodes count
 */
public record Passing(Port port, Optional<Endpoint> endpoint, Amounts total, PerSecond perSecond) {
    /** An endpoint. */
    public record Endpoint(IpAddress address, int port) {
        /** {@code 10.244.0.7:8080}. */
        @Override
        public String toString() {
            return address.family() == IpFamily.IPV6 ? "[" + address + "]:" + port : address + ":" + port;
        }
    }

    /** Connections and bytes for each second between the looks; empty is what is not counted. */
    public record PerSecond(double connections, OptionalDouble toEndpoint, OptionalDouble toClient) {
        private PerSecond plus(PerSecond other) {
            return new PerSecond(
                    connections + other.connections, sum(toEndpoint, other.toEndpoint), sum(toClient, other.toClient));
        }
    }

    /** The busiest first, then by name. */
    private static final Comparator<Passing> ORDER = Comparator.comparingDouble(
                    (Passing passing) -> passing.perSecond.connections)
            .reversed()
            .thenComparing(passing -> passing.port.service())
            .thenComparing(passing -> passing.port.name())
            .thenComparing(passing -> passing.port.protocol())
            .thenComparing(passing -> passing.endpoint.map(Endpoint::toString).orElse(""));

    private record Key(Port port, Endpoint endpoint) {}

    /** To each endpoint. A counter that began anew counts from zero; a node that was silent before has no speed yet. */
    public static List<Passing> toEndpoints(Look before, Look now) {
        Map<Key, Passing> sums = new LinkedHashMap<>();
        for (TrafficReport report : now.nodes()) {
            Optional<TrafficReport> earlier = before.of(report.node());
            double seconds = earlier.map(
                            then -> Duration.between(then.at(), report.at()).toNanos() / 1e9)
                    .orElse(0.0);
            Map<Key, Amounts> then = new HashMap<>();
            earlier.ifPresent(was -> was.lines().forEach(line -> then.merge(key(line), line.amounts(), Passing::sum)));
            for (Line line : report.lines()) {
                Key key = key(line);
                PerSecond speed = speed(Optional.ofNullable(then.get(key)), line.amounts(), seconds);
                sums.merge(
                        key, new Passing(line.port(), Optional.of(key.endpoint), line.amounts(), speed), Passing::plus);
            }
        }
        return sums.values().stream().sorted(ORDER).toList();
    }

    private static Key key(Line line) {
        return new Key(line.port(), new Endpoint(line.address(), line.number()));
    }

    /** Through each Service port: its endpoints together. */
    public static List<Passing> throughPorts(List<Passing> toEndpoints) {
        Map<Port, Passing> sums = new LinkedHashMap<>();
        for (Passing one : toEndpoints) {
            sums.merge(one.port, new Passing(one.port, Optional.empty(), one.total, one.perSecond), Passing::plus);
        }
        return sums.values().stream().sorted(ORDER).toList();
    }

    private Passing plus(Passing other) {
        return new Passing(port, endpoint, sum(total, other.total), perSecond.plus(other.perSecond));
    }

    private static PerSecond speed(Optional<Amounts> before, Amounts now, double seconds) {
        return new PerSecond(
                speed(before.map(Amounts::connections).orElse(0L), now.connections(), seconds),
                speed(before.map(Amounts::toEndpoint), now.toEndpoint(), seconds),
                speed(before.map(Amounts::toClient), now.toClient(), seconds));
    }

    private static OptionalDouble speed(Optional<OptionalLong> before, OptionalLong now, double seconds) {
        return now.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(speed(before.orElse(OptionalLong.empty()).orElse(0), now.getAsLong(), seconds));
    }

    private static double speed(long before, long now, double seconds) {
        long more = now < before ? now : now - before;
        return seconds > 0 ? more / seconds : 0;
    }

    private static Amounts sum(Amounts one, Amounts other) {
        return new Amounts(
                one.connections() + other.connections(),
                sum(one.open(), other.open()),
                sum(one.failed(), other.failed()),
                sum(one.toEndpoint(), other.toEndpoint()),
                sum(one.toClient(), other.toClient()));
    }

    private static OptionalLong sum(OptionalLong one, OptionalLong other) {
        return one.isPresent() && other.isPresent()
                ? OptionalLong.of(one.getAsLong() + other.getAsLong())
                : OptionalLong.empty();
    }

    private static OptionalDouble sum(OptionalDouble one, OptionalDouble other) {
        return one.isPresent() && other.isPresent()
                ? OptionalDouble.of(one.getAsDouble() + other.getAsDouble())
                : OptionalDouble.empty();
    }
}
