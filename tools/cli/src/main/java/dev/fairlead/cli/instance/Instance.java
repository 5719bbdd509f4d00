// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import dev.fairlead.agent.Agent;
import dev.fairlead.agent.LocalNode;
import dev.fairlead.agent.NodeTraffic;
import dev.fairlead.agent.network.Block;
import dev.fairlead.agent.network.Choice;
import dev.fairlead.agent.network.Claim;
import dev.fairlead.agent.network.LoopbackHouse;
import dev.fairlead.agent.network.NamespaceHouse;
import dev.fairlead.agent.network.NodeNetwork;
import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.apiserver.AuditSettings;
import dev.fairlead.apiserver.access.NodeUser;
import dev.fairlead.apiserver.access.TokenFile;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Kubeconfig;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Resources;
import dev.fairlead.client.cache.Readings;
import dev.fairlead.controllers.Controllers;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.PortRange;
import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.store.Store;
import dev.fairlead.store.disk.DiskStore;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One running Fairlead: store, API, controllers and a node. {@link #start} returns when the API answers; {@link #awaitNode}
 * when traffic flows. {@link #stop} ends pods and all; {@link #close} alone leaves pods running for the next start.
 */
public final class Instance implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Instance.class.getName());
    private static final Request.User SELF = new Request.User("system:fairlead", Set.of("system:masters"));
    private static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectName DNS = new ObjectName("kube-system", "kube-dns");

    private final Settings settings;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final SystemTime time = new SystemTime();
    private final AtomicReference<@Nullable LocalNode> node = new AtomicReference<>();
    private final Choice choice;
    private final Block block;
    private final ApiServer server;
    private final HttpsServer https;
    private final Path kubeconfig;
    private final String rootCertificate;

    private Instance(Settings settings, Choice choice) throws IOException, InterruptedException {
        this.settings = settings;
        this.choice = choice;
        parts.push(time);
        try {
            ListenAddress.ensureFree(settings.listen()); // before anything is made that would be left behind
            DataDirectory data = held(DataDirectory.open(settings.data()));
            Claim claim = held(Claim.take(choice.mode(), DataDirectory.locks(), data.file("block-" + kind(choice))));
            block = settings.serviceCidrs().isEmpty()
                    ? claim.block()
                    : claim.block().withServiceCidrs(settings.serviceCidrs());
            if (choice.mode() == Mode.LOOPBACK && !settings.serviceCidrs().isEmpty()) {
                throw new IOException("Services on loopback have the block "
                        + claim.block().services() + "; other blocks need --network=kernel or rootless");
            }
            Store store = held(settings.ephemeral() ? MemoryStore.open() : DiskStore.open(data.folder("store")));
            Pki pki = Pki.open(data.folder("pki"), time);
            rootCertificate = pki.authority();
            server = held(new ApiServer(ApiServer.Parts.of(
                            store, clusterNetwork(), time, new SecureRandom(), new OwnNode(settings.node(), node::get))
                    .withTokenKey(pki.tokenKey())
                    .withStaticTokens(staticTokens())
                    .withExternalIps(settings.api().externalIps())));
            AuditSettings audit = settings.api().audit();
            if (audit != null) {
                server.audit(audit);
            }
            https = held(serve(pki));
            held(new Renewal(https, () -> pki.server(names()), time));
            kubeconfig = data.file("kubeconfig");
            Kubeconfig.write(kubeconfig, "fairlead", https.url(), pki.authority(), pki.client("admin", ADMIN));
        } catch (IOException | InterruptedException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private static String kind(Choice choice) {
        return choice.mode() == Mode.LOOPBACK ? "loopback" : "namespaces";
    }

    /**
     * Starts everything up to the API, which answers when this returns; the node goes on starting behind it.
     *
     * @throws IOException when the data directory, the port or the store cannot be had; the message says what to do
     * @throws Choice.UnavailableException when the network asked for cannot be had
     */
    public static Instance start(Settings settings)
            throws IOException, InterruptedException, Choice.UnavailableException {
        boolean linux = System.getProperty("os.name").equals("Linux");
        Choice choice = Choice.of(settings.network(), linux, settings.insideUserNamespace());
        return new Instance(settings, choice);
    }

    private <T extends AutoCloseable> T held(T part) {
        parts.push(part);
        return part;
    }

    private ClusterNetwork clusterNetwork() {
        List<Cidr> loopback = choice.mode() == Mode.LOOPBACK
                ? List.of(block.pods(), block.services(), block.loadBalancers())
                : List.of();
        return new ClusterNetwork(block.serviceCidrs(), PortRange.NODE_PORTS, loopback);
    }

    private HttpsServer serve(Pki pki) throws IOException, InterruptedException {
        return HttpsServer.start(
                new HttpsServer.Settings(
                                settings.listen().getAddress().getHostAddress(),
                                settings.listen().getPort(),
                                pki.server(names()),
                                pki.authority(),
                                server.identities(),
                                Limits.STANDARD)
                        .telling(server::turnedAway),
                server);
    }

    /** What the server may be called. */
    private Set<String> names() {
        String host = settings.listen().getAddress().getHostAddress();
        Set<String> names = new LinkedHashSet<>(List.of(
                host, "localhost", "127.0.0.1", "::1", "kubernetes", "kubernetes.default", "kubernetes.default.svc"));
        names.add("kubernetes.default.svc." + NodeTraffic.DOMAIN);
        block.serviceCidrs().forEach(cidr -> names.add(cidr.first().plus(1).toString()));
        return names;
    }

    private Map<String, Request.User> staticTokens() throws IOException {
        Path file = settings.api().tokens();
        return file == null ? Map.of() : TokenFile.read(file);
    }

    /**
     * Starts controllers and the node, and waits until its routes and names are whole.
     *
     * @param images command lines of built-in images
     */
    public void awaitNode(Map<String, List<String>> images) throws IOException, InterruptedException {
        Readings readings = Readings.shared();
        Controllers controllers =
                held(new Controllers(server, Controllers.USER, time, new SecureRandom().nextLong(), readings)
                        .withNamespaceBasics(rootCertificate));
        server.show(controllers.metrics());
        Thread starting = Thread.ofVirtual().start(() -> startControllers(controllers));
        Path directory = settings.data().resolve("node").toAbsolutePath();
        Files.createDirectories(directory);
        ApiClient client = client();
        ApiClient ofNode = new ApiClient(
                server, "fairlead", NodeUser.of(settings.node()), warning -> LOG.log(Level.DEBUG, warning));
        LocalNode opened = held(LocalNode.open(
                new LocalNode.Settings(
                        settings.node(),
                        network(directory),
                        block.dualStack() ? List.of(block.pods(), block.podsV6()) : List.of(block.pods()),
                        clusterNetwork().serviceCidrs(),
                        block.dns(),
                        directory,
                        pods -> pods.withImages(images).withAuthority(rootCertificate),
                        settings.nodePorts(),
                        true,
                        settings.carrier(),
                        settings.names()),
                ofNode,
                readings,
                time,
                new SecureRandom()));
        node.set(opened);
        ensureDns(client);
        new DefaultPool(client).ensure(block);
        advertise(opened.traffic().network());
        Agent made = opened.agent();
        made.start();
        made.report(Agent.ReportPorts.usual(
                opened.traffic().network()::listen,
                InetAddress.ofLiteral(choice.mode() == Mode.LOOPBACK ? "127.0.0.1" : "0.0.0.0")));
        starting.join();
        if (!made.awaitReady(PATIENCE)) {
            throw new IOException("the node did not come up in " + PATIENCE.toSeconds() + " s");
        }
    }

    /** Opens a door to the API where pods can reach it, and tells them by the Service {@code default/kubernetes}. */
    private void advertise(NodeNetwork network) throws IOException {
        IpFamily family = block.serviceCidrs().getFirst().family();
        IpAddress at = network.mode() == Mode.LOOPBACK
                ? block.pods().last().plus(-1) // of the cluster's own, and the last that a pod would get
                : network.nodeIps().stream()
                        .filter(ip -> ip.family() == family)
                        .findFirst()
                        .orElse(network.nodeIps().getFirst());
        InetSocketAddress address = Inet.socketAddress(at, https.address().getPort());
        try {
            InetSocketAddress served = new InetSocketAddress(
                    settings.listen().getAddress(), https.address().getPort());
            held(ApiDoor.open(network.listen(address), served));
            server.advertise(at, address.getPort());
        } catch (IOException refused) {
            LOG.log(Level.WARNING, "pods cannot reach the API at {0}: {1}", address, refused.getMessage());
        }
    }

    private NodeNetwork network(Path directory) throws IOException {
        return choice.mode() == Mode.LOOPBACK
                ? new LoopbackHouse(System.getProperty("os.name").equals("Linux"))
                : NamespaceHouse.open(choice.mode(), block, directory);
    }

    private static void startControllers(Controllers controllers) {
        try {
            if (!controllers.start(PATIENCE)) {
                LOG.log(Level.ERROR, "the controllers did not start in {0} s", PATIENCE.toSeconds());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** The Service by which DNS is known; its traffic needs no relay, the server has the address itself. */
    private void ensureDns(ApiClient client) throws IOException, InterruptedException {
        if (client.find(Resources.SERVICES, DNS) != null) {
            return;
        }
        Map<String, Object> spec = Map.of(
                "clusterIP", block.dns().toString(),
                "ports",
                        List.of(
                                Map.of("name", "dns", "port", 53L, "protocol", "UDP"),
                                Map.of("name", "dns-tcp", "port", 53L, "protocol", "TCP")));
        Map<String, Object> meta =
                Map.of("name", DNS.name(), "namespace", DNS.namespace(), "labels", Map.of("k8s-app", "kube-dns"));
        try {
            client.create(
                    Resources.SERVICES, Map.of("apiVersion", "v1", "kind", "Service", "metadata", meta, "spec", spec));
        } catch (ApiError refused) {
            LOG.log(Level.WARNING, "the Service {0} was not made: {1}", DNS, refused.getMessage());
        }
    }

    /** The API, in this process. */
    public Api api() {
        return server;
    }

    /** A client of the API, as an administrator. */
    public ApiClient client() {
        return new ApiClient(server, "fairlead", SELF, warning -> LOG.log(Level.DEBUG, warning));
    }

    /** Where the API is served. */
    public InetSocketAddress address() {
        return https.address();
    }

    /** {@code https://host:port}. */
    public String url() {
        return https.url();
    }

    /** The file for kubectl. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** The network that was taken, and why. */
    public Choice choice() {
        return choice;
    }

    /** The addresses of this instance. */
    public Block block() {
        return block;
    }

    /** The node's agent. */
    public Agent agent() {
        return started().agent();
    }

    private LocalNode started() {
        LocalNode running = node.get();
        if (running == null) {
            throw new IllegalStateException("the node is not started");
        }
        return running;
    }

    /** An unconnected socket of the node's own, from which Services and pods can be reached in every network. */
    public SocketChannel socket() throws IOException {
        return started().traffic().network().socket(StandardProtocolFamily.INET);
    }

    /** Where a Service's port is really bound on this node: its own number, or another where that could not be had. */
    public int boundPort(ObjectName service, int port) {
        return started().traffic().plane().bindings().stream()
                .filter(binding ->
                        binding.service().equals(service) && binding.virtual().port() == port)
                .findFirst()
                .map(binding -> binding.bound().getPort())
                .orElse(port);
    }

    /** Where DNS answers. */
    public InetSocketAddress dns() {
        return started().traffic().dnsAddress();
    }

    /** The node's DNS goes on with other choices, without losing a query. */
    public void reload(DnsChoices choices) {
        started().traffic().reload(choices);
    }

    /** Ends all pods, then everything; nothing is left but the data directory. */
    public void stop(Duration grace) throws InterruptedException {
        LocalNode running = node.get();
        if (running != null) {
            running.stop(grace);
        }
        close();
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception failure) {
                LOG.log(Level.WARNING, "a part did not close", failure);
            }
        }
    }
}
