// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.endpoints.SlicePlan;
import dev.fairlead.core.endpoints.Zones;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Difference;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.core.routes.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The README's example runs, and is what the README shows. */
class ReadmeTest {
    @Test
    void theExampleRuns() {
        Service service = Service.from(
                new Tree(
                        Flow.of(
                                "{metadata: {namespace: shop, name: web, uid: u}, spec: {selector:"
                                        + " {app: web}, clusterIP: 10.96.0.1, ipFamilies: [IPv4], ports: [{port: 80, targetPort: 8080}]}}")));
        Pod pod = Pod.from(new Tree(Flow.of("{metadata: {namespace: shop, name: web-1, uid: p}, spec: {nodeName: n1},"
                + " status: {podIP: 10.244.0.7, conditions: [{type: Ready, status: 'True'}]}}")));
        Node node = Node.from(new Tree(Flow.of("{metadata: {name: n1}}")));
        // example
        // What should the slices of a Service be, now that its pods are these?
        var seen = new SlicePlan.Seen(List.of(pod), name -> node, Zones.UNKNOWN, List.of());
        SlicePlan plan = SlicePlan.of(service, seen, SlicePlan.USUAL_MAXIMUM, null);
        EndpointSlice slice = EndpointSlice.from(new Tree(plan.create().getFirst()));

        // Where do packets go on one node? One change costs one Service.
        RouteTable old = RouteTable.empty(node, Settings.DEFAULT);
        RouteTable table = old.with(new Change.ServicePut(service), new Change.SlicePut(slice));
        Difference todo = Difference.between(old, table);

        // And this packet, and why?
        Packet.From client = new Packet.From.Pod(IpAddress.of("10.244.0.9"), "n1");
        Verdict verdict = table.trace(new Packet(client, Protocol.TCP, IpAddress.of("10.96.0.1"), 80));
        // end
        assertThat(todo.added()).hasSize(1);
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Forward.class,
                        forward -> assertThat(forward.backends().toString()).isEqualTo("[10.244.0.7:8080 local]"));
    }

    @Test
    void theReadmeShowsIt() throws Exception {
        String source = Files.readString(Path.of("src/test/java/dev/fairlead/core/ReadmeTest.java"));
        String start = " ".repeat(8) + "// example\n";
        String example = source.substring(source.indexOf(start) + start.length(), source.indexOf("        // end"));
        assertThat(Files.readString(Path.of("README.md"))).contains("```java\n" + example.indent(-8) + "```");
    }
}
