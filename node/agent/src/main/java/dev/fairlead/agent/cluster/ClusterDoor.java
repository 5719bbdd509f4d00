// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.cluster;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.https.Connection;
import dev.fairlead.client.https.SeveralServers;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An agent's way to the API of a cluster that others run. It never leads over a Service, knows the API servers' own addresses
 * from one life to the next, and goes on asking while none of them answers.
 */
public final class ClusterDoor implements AutoCloseable {
    /** The Service by which a cluster's API is known in the cluster. */
    private static final ObjectName KUBERNETES = new ObjectName("default", "kubernetes");

    private static final String MEMORY = "cluster";
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final System.Logger LOG = System.getLogger(ClusterDoor.class.getName());

    private final URI server;
    private final List<Cidr> serviceCidrs;
    private final Time time;
    private final Consumer<String> told;
    private final SeveralServers servers;
    private final ApiClient client;
    private final Path file;
    private ClusterMemory memory;

    private ClusterDoor(Connection connection, Path file, List<Cidr> serviceCidrs, Time time, Consumer<String> told)
            throws IOException {
        this.server = connection.server();
        this.serviceCidrs = serviceCidrs;
        this.time = time;
        this.told = told;
        this.file = file;
        memory = ClusterMemory.read(file);
        servers = new SeveralServers(connection, memory.servers());
        client = new ApiClient(servers, "fairlead-node", null, warning -> LOG.log(Level.DEBUG, warning));
    }

    /**
     * Nothing is asked yet.
     *
     * @param directory where the cluster is remembered
     * @param serviceCidrs where Services have their addresses; empty: as the API says
     * @param told hears what is waited for, a line each
     * @throws IOException when the connection leads over a Service, as far as is known; the message says what to change
     */
    public static ClusterDoor open(
            Connection connection, Path directory, List<Cidr> serviceCidrs, Time time, Consumer<String> told)
            throws IOException {
        ClusterDoor door = new ClusterDoor(connection, directory.resolve(MEMORY), serviceCidrs, time, told);
        try {
            door.refuse();
            return door;
        } catch (IOException refused) {
            door.close();
            throw refused;
        }
    }

    /** What an agent that used this directory last knew. */
    public static ClusterMemory memory(Path directory) throws IOException {
        return ClusterMemory.read(directory.resolve(MEMORY));
    }

    /** Asks the API. */
    public ApiClient client() {
        return client;
    }

    /** Which server is asked now. */
    public URI current() {
        return servers.current();
    }

    /** Where Services have their addresses, as far as known. */
    public synchronized List<Cidr> serviceCidrs() {
        return serviceCidrs.isEmpty() ? memory.blocks() : serviceCidrs;
    }

    private void refuse() throws IOException {
        Optional<String> refusal = new ApiAddress(memory.services(), serviceCidrs()).refusal(server);
        if (refusal.isPresent()) {
            String instead = memory.servers().isEmpty()
                    ? "https://192.168.7.2:6443"
                    : memory.servers().getFirst() + "";
            throw new IOException(refusal.get() + "; set the cluster's server in the kubeconfig, or --api-server, to an"
                    + " API server's own address such as " + instead);
        }
    }

    private interface Question<T extends @Nullable Object> {
        T ask() throws IOException, InterruptedException;
    }

    /** Asks until there is an answer: the API may come later than this node, or its servers may be tried in turn. */
    private <T extends @Nullable Object> T insist(Question<T> question) throws IOException, InterruptedException {
        String last = "";
        while (true) {
            try {
                return question.ask();
            } catch (ApiError refused) {
                if (!refused.isTransient()) {
                    throw refused;
                }
                last = wait(last, refused);
            } catch (IOException unreachable) {
                last = wait(last, unreachable);
            }
        }
    }

    private String wait(String last, IOException why) throws InterruptedException {
        String reason = String.valueOf(why.getMessage());
        if (!reason.equals(last)) {
            told.accept("waiting for the API: " + reason);
        }
        CountDownLatch pause = new CountDownLatch(1);
        time.schedule(AGAIN, pause::countDown);
        pause.await();
        return reason;
    }

    /** The node of that name as the API knows it; waits for the API as long as it takes. */
    public Node node(String name) throws IOException, InterruptedException {
        Tree found = insist(() -> client.find(Resources.NODES, new ObjectName("", name)));
        if (found == null) {
            List<String> known = client.list(Resources.NODES, Selection.ALL).items().stream()
                    .map(one -> one.tree("metadata").text("name", ""))
                    .limit(5)
                    .toList();
            throw new IOException("the cluster has no node " + name + "; it has " + known
                    + (known.size() == 5 ? " and others" : "") + "; name this one with --node-name");
        }
        Node read = Node.from(found);
        if (read.internalIps().isEmpty()) {
            throw new IOException("node " + name + " has no address of type InternalIP in status.addresses");
        }
        return read;
    }

    /**
     * Asks the API about the cluster's own addresses.
     *
     * @throws IOException when it turns out that the connection leads over a Service
     */
    public void learn() throws IOException, InterruptedException {
        List<Cidr> blocks = new ArrayList<>(serviceCidrs);
        if (blocks.isEmpty()) {
            try {
                for (Tree one :
                        client.list(Resources.SERVICE_CIDRS, Selection.ALL).items()) {
                    one.tree("spec")
                            .texts("cidrs")
                            .forEach(text -> Cidr.parse(text).ifPresent(blocks::add));
                }
            } catch (ApiError older) {
                told.accept(
                        "the API does not tell ServiceCIDRs (" + older.getMessage()
                                + "); packets to unused Service addresses are not dropped unless --service-cidrs names the blocks");
            }
        }
        Tree kubernetes = insist(() -> client.find(Resources.SERVICES, KUBERNETES));
        List<IpAddress> services =
                kubernetes == null ? List.of() : Service.from(kubernetes).clusterIps();
        keep(new ClusterMemory(memory.servers(), services, List.copyOf(blocks)));
        refuse();
    }

    /** Takes note of a slice, if it says where the API servers are. */
    public void note(EndpointSlice slice) {
        if (!slice.service().equals(KUBERNETES)) {
            return;
        }
        List<URI> found = new ArrayList<>();
        for (Endpoint endpoint : slice.endpoints()) {
            for (String address : endpoint.addresses()) {
                String host = address.contains(":") ? "[" + address + "]" : address;
                slice.ports().forEach(port -> found.add(URI.create("https://" + host + ":" + port.port())));
            }
        }
        if (!found.isEmpty()) {
            servers.learn(found);
            keep(new ClusterMemory(List.copyOf(found), memory.services(), memory.blocks()));
        }
    }

    private synchronized void keep(ClusterMemory now) {
        if (now.equals(memory)) {
            return;
        }
        memory = now;
        try {
            now.write(file);
        } catch (IOException refused) {
            LOG.log(Level.WARNING, "what is known of the cluster is not kept: {0}", refused.getMessage());
        }
    }

    @Override
    public void close() {
        servers.close();
    }
}
