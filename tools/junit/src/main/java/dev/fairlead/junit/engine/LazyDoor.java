// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.agent.Agent;
import dev.fairlead.apiserver.NodeDoor;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.NodeReport;
import dev.fairlead.core.explain.TrafficReport;
import dev.fairlead.wire.exchange.Command;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.RunningCommand;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The API's way to a node that may still be starting. */
record LazyDoor(CompletableFuture<NodeSide> node) implements NodeDoor {
    private Agent agent() throws IOException {
        Agent there = agentNow();
        if (there == null) {
            throw new IOException("the node is still starting");
        }
        return there;
    }

    private @Nullable Agent agentNow() {
        return node.isDone() && !node.isCompletedExceptionally() ? node.join().agent() : null;
    }

    private static ObjectName name(byte[] pod) {
        Tree meta = Tree.of(Json.object(pod)).tree("metadata");
        return new ObjectName(meta.text("namespace", ""), meta.text("name", ""));
    }

    @Override
    public Reply logs(byte[] pod, String container, Map<String, String> options)
            throws IOException, InterruptedException {
        return agent().logs().read(name(pod), container, options);
    }

    @Override
    public RunningCommand run(byte[] pod, String container, Command command) throws IOException, InterruptedException {
        return agent().run(name(pod), container, command);
    }

    @Override
    public Socket dial(byte[] pod, int port) throws IOException, InterruptedException {
        return agent().dial(name(pod), port);
    }

    @Override
    public Socket dial(InetSocketAddress to) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(to, (int) PATIENCE.toMillis());
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    @Override
    public Optional<NodeReport> report(String name, ObjectName service, List<ObjectName> pods) {
        Agent there = agentNow();
        return there == null || !name.equals(NodeSide.NAME)
                ? Optional.empty()
                : Optional.of(there.report(service, pods));
    }

    @Override
    public Optional<TrafficReport> traffic(String name) {
        Agent there = agentNow();
        return there == null || !name.equals(NodeSide.NAME) ? Optional.empty() : Optional.of(there.traffic());
    }
}
