// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import dev.fairlead.agent.Agent;
import dev.fairlead.agent.LocalNode;
import dev.fairlead.agent.health.Answer;
import dev.fairlead.agent.network.NodeNetwork;
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
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The API's way to the node of its own process, which may still be starting.
 *
 * @param name the node's name
 * @param node the node; null while it is starting
 */
public record OwnNode(String name, Supplier<@Nullable LocalNode> node) implements NodeDoor {
    private LocalNode running() throws IOException {
        LocalNode running = node.get();
        if (running == null) {
            throw new IOException("the node is still starting");
        }
        return running;
    }

    private Agent agent() throws IOException {
        return running().agent();
    }

    private Optional<Agent> agent(String asked) {
        LocalNode running = node.get();
        return running == null || !asked.equals(name) ? Optional.empty() : Optional.of(running.agent());
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

    /** From the node, which reaches pods where this process does not. */
    @Override
    public Socket dial(InetSocketAddress to) throws IOException {
        SocketChannel channel = running().traffic().network().socket(NodeNetwork.family(to));
        try {
            channel.socket().connect(to, (int) PATIENCE.toMillis());
            return channel.socket();
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }

    @Override
    public Optional<Reply> page(String asked, String path) throws IOException {
        if (!asked.equals(name)) {
            return Optional.empty();
        }
        Answer answer = agent().page(path);
        Map<String, String> headers = new LinkedHashMap<>();
        answer.headers().forEach((header, value) -> headers.put(header.toLowerCase(Locale.ROOT), value));
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        return Optional.of(new Reply.Whole(answer.status(), headers, body));
    }

    @Override
    public Optional<NodeReport> report(String asked, ObjectName service, List<ObjectName> pods) {
        return agent(asked).map(agent -> agent.report(service, pods));
    }

    @Override
    public Optional<TrafficReport> traffic(String asked) {
        return agent(asked).map(Agent::traffic);
    }
}
