// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.explain.NodeReport;
import dev.fairlead.core.explain.TrafficReport;
import dev.fairlead.wire.exchange.Command;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.RunningCommand;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The way to what only a pod's node has. */
public interface NodeDoor {
    /** How long a connection may take to come about. */
    Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * The output of a pod's container.
     *
     * @param pod the stored Pod, JSON
     * @param container the container asked for; empty for the only one
     * @param options the request's parameters: {@code follow}, {@code tailLines}, {@code sinceSeconds}, {@code sinceTime},
     *     {@code timestamps}, {@code previous}, {@code limitBytes}
     * @return plain text, streamed when it is followed; or a Status that says why not
     * @throws IOException when the node cannot be reached
     */
    Reply logs(byte[] pod, String container, Map<String, String> options) throws IOException, InterruptedException;

    /**
     * A connection to a pod, as the node's own. Where pods can be reached from this process as it is, that is no other than
     * any connection.
     *
     * @throws IOException when there is none within {@link #PATIENCE}
     */
    default Socket dial(InetSocketAddress to) throws IOException, InterruptedException {
        Socket socket = new Socket();
        try {
            socket.connect(to, (int) PATIENCE.toMillis());
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    /**
     * A connection to a port of a pod as from inside of it, where its {@code localhost} is heard.
     *
     * @param pod the stored Pod, JSON
     * @throws IOException when nobody listens there, or the node cannot be reached
     */
    default Socket dial(byte[] pod, int port) throws IOException, InterruptedException {
        throw new IOException("ports of this pod cannot be forwarded from here");
    }

    /**
     * Runs a command in a pod's container.
     *
     * @param pod the stored Pod, JSON
     * @throws IOException when the container does not run, the command cannot be started, or the node cannot be reached
     */
    default RunningCommand run(byte[] pod, String container, Command command) throws IOException, InterruptedException {
        throw new IOException("commands cannot be run in this pod from here");
    }

    /**
     * What a node's agent knows about a Service.
     *
     * @param pods those of this node behind the Service
     * @return empty when there is no way to that node
     * @throws IOException when the node cannot be reached
     */
    default Optional<NodeReport> report(String node, ObjectName service, List<ObjectName> pods)
            throws IOException, InterruptedException {
        return Optional.empty();
    }

    /**
     * What a node itself answers at {@code path}: {@code /metrics}, {@code /healthz} …
     *
     * @return empty when there is no way to that node
     * @throws IOException when the node cannot be reached
     */
    default Optional<Reply> page(String node, String path) throws IOException {
        return Optional.empty();
    }

    /**
     * What passed through a node's data plane.
     *
     * @return empty when there is no way to that node
     * @throws IOException when the node cannot be reached
     */
    default Optional<TrafficReport> traffic(String node) throws IOException, InterruptedException {
        return Optional.empty();
    }
}
