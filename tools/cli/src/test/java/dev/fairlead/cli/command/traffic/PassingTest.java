// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.command.output.Objects;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.TrafficReport;
import dev.fairlead.core.explain.TrafficReport.Amounts;
import dev.fairlead.core.explain.TrafficReport.Line;
import dev.fairlead.core.explain.TrafficReport.Port;
import dev.fairlead.wire.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** From what nodes count to what {@code fairlead top} shows. */
final class PassingTest {
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
    private static final Port WEB = new Port(new ObjectName("shop", "web"), "http", Protocol.TCP);
    private static final Port DNS = new Port(new ObjectName("kube-system", "kube-dns"), "", Protocol.UDP);
    private static final TrafficTable SERVICES = new TrafficTable(true, false, 10);
    private static final TrafficTable ENDPOINTS = new TrafficTable(false, true, 10);

    private static Line line(Port port, String address, Amounts amounts) {
        return new Line(port, IpAddress.of(address), 8080, amounts);
    }

    private static Amounts all(long connections, long open, long failed, long toEndpoint, long toClient) {
        return new Amounts(
                connections,
                OptionalLong.of(open),
                OptionalLong.of(failed),
                OptionalLong.of(toEndpoint),
                OptionalLong.of(toClient));
    }

    private static Amounts alone(long connections) {
        OptionalLong unknown = OptionalLong.empty();
        return new Amounts(connections, unknown, unknown, unknown, unknown);
    }

    private static TrafficReport report(String node, int second, Line... lines) {
        return new TrafficReport(node, "userspace", FIRST.plusSeconds(second), List.of(lines));
    }

    private static Look look(TrafficReport... reports) {
        return new Look(List.of(reports), List.of());
    }

    private static final Look BEFORE = look(report(
            "one",
            0,
            line(DNS, "10.244.0.2", alone(7)),
            line(WEB, "10.244.0.3", all(100, 3, 0, 4000, 90_000)),
            line(WEB, "fd00::3", all(50, 0, 1, 0, 0))));
    private static final Look AFTER = look(report(
            "one",
            2,
            line(DNS, "10.244.0.2", alone(8)),
            line(WEB, "10.244.0.3", all(150, 4, 0, 6048, 40_000_000)),
            line(WEB, "10.244.0.4", all(10, 1, 2, 100, 100)),
            line(WEB, "fd00::3", all(50, 0, 1, 0, 0))));

    @Test
    void servicesStandInATable() {
        assertThat(SERVICES.text(Passing.throughPorts(Passing.toEndpoints(BEFORE, AFTER))))
                .isEqualTo("""
                NAMESPACE     SERVICE    PORT       CONN/S   CONNECTIONS   OPEN   FAILED   IN/S    OUT/S
                shop          web        http/TCP   30.0     210           5      3        1.0Ki   19Mi
                kube-system   kube-dns   UDP        0.5      8             -      -        -       -
                """);
    }

    @Test
    void endpointsStandInATable() {
        List<Passing> web = Passing.toEndpoints(BEFORE, AFTER).stream()
                .filter(passing -> passing.port().equals(WEB))
                .toList();
        assertThat(ENDPOINTS.text(web)).isEqualTo("""
                PORT       ENDPOINT          CONN/S   CONNECTIONS   OPEN   FAILED   IN/S    OUT/S
                http/TCP   10.244.0.3:8080   25.0     150           4      0        1.0Ki   19Mi
                http/TCP   10.244.0.4:8080   5.0      10            1      2        50      50
                http/TCP   [fd00::3]:8080    0.0      50            0      1        0       0
                """);
        assertThat(new TrafficTable(false, true, 1).text(web)).isEqualTo("""
                PORT       ENDPOINT          CONN/S   CONNECTIONS   OPEN   FAILED   IN/S    OUT/S
                http/TCP   10.244.0.3:8080   25.0     150           4      0        1.0Ki   19Mi
                and 2 more, see --rows
                """);
    }

    @Test
    void asAnObjectItIsTheSame() {
        Tree tree = new Tree(SERVICES.tree(Passing.throughPorts(Passing.toEndpoints(BEFORE, AFTER)), List.of("two")));
        Tree read = new Tree(
                Json.object(Objects.text("json", tree.fields()).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(read.texts("silent")).containsExactly("two");
        Map<String, Object> web = read.trees("items").getFirst().fields();
        assertThat(web)
                .containsEntry("service", "web")
                .containsEntry("connections", 210L)
                .containsEntry("bytesToEndpointPerSecond", 1074.0)
                .containsEntry("open", 5L);
        assertThat(read.trees("items").getLast().fields())
                .containsEntry("connectionsPerSecond", 0.5)
                .doesNotContainKeys("open", "failed", "bytesToClient", "endpoint");
    }

    @Test
    void nodesAreAddedUp() {
        Look before = look(
                report("one", 0, line(WEB, "10.244.0.3", all(10, 1, 0, 0, 0))),
                report("two", 0, line(WEB, "10.244.0.3", all(20, 0, 0, 0, 0))));
        Look after = look(
                report("one", 1, line(WEB, "10.244.0.3", all(11, 1, 0, 0, 0))),
                report("two", 2, line(WEB, "10.244.0.3", all(26, 2, 1, 0, 0))),
                report("new", 2, line(WEB, "10.244.0.3", alone(1000))));
        assertThat(Passing.toEndpoints(before, after)).singleElement().satisfies(passing -> {
            assertThat(passing.perSecond().connections())
                    .as("1 + 6/2; no speed of whom nobody has seen before")
                    .isEqualTo(4.0);
            assertThat(passing.total().connections()).isEqualTo(1037);
            assertThat(passing.total().open()).as("one node does not know").isEmpty();
        });
    }

    @Test
    void aCounterThatBeganAnewIsNotNegative() {
        Look before = look(report("one", 0, line(WEB, "10.244.0.3", alone(1000))));
        Look after = look(report("one", 1, line(WEB, "10.244.0.3", alone(4))));
        assertThat(Passing.toEndpoints(before, after).getFirst().perSecond().connections())
                .isEqualTo(4.0);
        assertThat(Passing.toEndpoints(after, after).getFirst().perSecond().connections())
                .isZero();
    }

    @Test
    void aReportIsReadAsItWasWritten() {
        TrafficReport report = AFTER.nodes().getFirst();
        assertThat(TrafficReport.from(new Tree(Json.object(Json.write(report.tree())))))
                .isEqualTo(report);
        assertThat(report.in("shop").lines()).hasSize(3);
    }
}
