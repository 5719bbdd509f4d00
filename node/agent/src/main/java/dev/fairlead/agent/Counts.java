// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.core.explain.TrafficReport;
import dev.fairlead.core.explain.TrafficReport.Amounts;
import dev.fairlead.core.explain.TrafficReport.Line;
import dev.fairlead.core.explain.TrafficReport.Port;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dataplane.relay.Traffic;
import dev.fairlead.wire.time.Time;
import java.util.List;
import java.util.OptionalLong;

/** Says what passed through this node's data plane, for whoever wants to see it: metrics, and {@code fairlead top}. */
record Counts(String node, DataPlane plane, Time time) {
    List<DataPlane.Passed> passed() {
        return plane.passed();
    }

    TrafficReport report() {
        List<Line> lines = passed().stream().map(Counts::line).toList();
        return new TrafficReport(node, plane.mode(), time.now(), lines);
    }

    private static Line line(DataPlane.Passed passed) {
        Port port = new Port(
                passed.route().service(), passed.route().port(), passed.route().protocol());
        return new Line(port, passed.address(), passed.port(), amounts(passed));
    }

    private static Amounts amounts(DataPlane.Passed passed) {
        Traffic known = passed.traffic();
        OptionalLong unknown = OptionalLong.empty();
        return known == null
                ? new Amounts(passed.connections(), unknown, unknown, unknown, unknown)
                : new Amounts(
                        passed.connections(),
                        OptionalLong.of(known.open()),
                        OptionalLong.of(known.failed()),
                        OptionalLong.of(known.bytesToEndpoint()),
                        OptionalLong.of(known.bytesToClient()));
    }
}
