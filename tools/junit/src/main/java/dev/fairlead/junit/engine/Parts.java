// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.agent.LocalNode;
import dev.fairlead.agent.network.Block;
import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.apiserver.http.EventLoops;
import dev.fairlead.cli.instance.ApiDoor;
import dev.fairlead.cli.instance.OwnNode;
import dev.fairlead.client.ApiClient;
import dev.fairlead.controllers.Controllers;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.PortRange;
import dev.fairlead.junit.ClusterOptions;
import dev.fairlead.junit.engine.trouble.Troubles;
import dev.fairlead.pods.PodSettings;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.exchange.Request.User;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a cluster is made of. The API answers when it is opened; controllers and the node come up behind it. */
final class Parts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Parts.class.getName());
    private static final User SELF = new User("system:fairlead", Set.of(Authorizer.MASTERS));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** After which they start though nobody has asked for anything. */
    private static final Duration UNASKED = Duration.ofMillis(300);

    private final Deque<AutoCloseable> parts = new ConcurrentLinkedDeque<>();
    private final ClusterTime time;
    private final Block block;
    private final ApiServer server;
    private final Store store;
    private final Troubles troubles;
    private final Journal journal;
    private final ApiSide side;
    private final CompletableFuture<Controllers> controllers = new CompletableFuture<>();
    private final CompletableFuture<NodeSide> node = new CompletableFuture<>();
    /** Open when controllers and node are to start: whoever asks the API first is answered before that takes the processors. */
    private final CountDownLatch wanted = new CountDownLatch(1);

    private Parts(
            ClusterOptions options,
            Path folder,
            ClusterTime time,
            Certificates certificates,
            Blocks blocks,
            UnaryOperator<PodSettings> pods)
            throws IOException, InterruptedException {
        this.time = time;
        parts.push(time);
        Future<EventLoops> loops = whileTheApiIsMade(EventLoops::open);
        parts.push(() -> done(loops).close());
        Future<Certificates.@Nullable Made> issued =
                whileTheApiIsMade(() -> options.plainHttp() ? null : certificates.get());
        try {
            Files.createDirectories(folder);
            parts.push(() -> Folders.delete(folder));
            block = held(blocks.take(folder.resolve("block"))).block();
            store = held(MemoryStore.open());
            String token = ApiSide.freshToken();
            server = held(new ApiServer(ApiServer.Parts.of(
                            store,
                            clusterNetwork(block),
                            time,
                            new SecureRandom(),
                            new OwnNode(NodeSide.NAME, this::nodeNow))
                    .withStaticTokens(options.plainHttp() ? Map.of(token, ApiSide.ADMIN) : Map.of())));
            troubles = new Troubles(server, time);
            time.whenMoved(troubles::look);
            journal = new Journal(troubles, wanted::countDown);
            side = held(ApiSide.open(options.name(), journal, server, done(issued), token, done(loops)));
            held(troubles); // who waits for a slow answer need not be waited for
            String authority = options.plainHttp() ? "" : certificates.get().authority();
            parts.push(this::endControllers);
            Path directory = Files.createDirectories(folder.resolve("node"));
            Thread starting = Thread.ofVirtual().name("cluster-start").start(() -> start(authority, directory, pods));
            parts.push(() -> endNode(starting));
        } catch (IOException | InterruptedException | RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /** What takes long and needs nothing of the API is made beside it. */
    private static <T extends @Nullable Object> Future<T> whileTheApiIsMade(Callable<T> made) {
        FutureTask<T> task = new FutureTask<>(made);
        Thread.ofPlatform().daemon().name("cluster-prepare").start(task);
        return task;
    }

    private static <T extends @Nullable Object> T done(Future<T> made) throws IOException, InterruptedException {
        try {
            return made.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException refused
                    ? refused
                    : new IOException(String.valueOf(failed.getCause()), failed);
        }
    }

    /** Makes everything; the API answers when this returns. */
    static Parts open(
            ClusterOptions options,
            Path folder,
            ClusterTime time,
            Certificates certificates,
            Blocks blocks,
            UnaryOperator<PodSettings> pods)
            throws IOException, InterruptedException {
        return new Parts(options, folder, time, certificates, blocks, pods);
    }

    private <T extends AutoCloseable> T held(T part) {
        parts.push(part);
        return part;
    }

    private static ClusterNetwork clusterNetwork(Block block) {
        return new ClusterNetwork(
                block.serviceCidrs(),
                PortRange.NODE_PORTS,
                List.of(block.pods(), block.services(), block.loadBalancers()));
    }

    private void start(String authority, Path directory, UnaryOperator<PodSettings> pods) {
        NodeSide orphan = null;
        try {
            boolean _ = wanted.await(UNASKED.toMillis(), TimeUnit.MILLISECONDS);
            Thread controlling = Thread.ofVirtual().name("controllers-start").start(() -> startControllers(authority));
            NodeSide started = NodeSide.start(server, block, directory, pods, time);
            orphan = started;
            advertise();
            controlling.join();
            if (node.complete(started)) {
                orphan = null;
            }
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.ERROR, "the cluster's node did not start", failed);
            node.completeExceptionally(failed);
        } catch (InterruptedException stop) {
            node.completeExceptionally(new IOException("the cluster was closed while its node was starting"));
        } finally {
            if (orphan != null) {
                orphan.close();
            }
        }
    }

    /** Makes the Service {@code default/kubernetes} lead to the API: at an address of the cluster's own, as endpoints have to be. */
    private void advertise() throws IOException {
        IpAddress at = block.pods().last().plus(-1); // the last that a pod would get
        InetSocketAddress address = Inet.socketAddress(at, side.uri().getPort());
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.bind(address);
            held(ApiDoor.open(listener, new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort())));
            server.advertise(at, address.getPort());
        } catch (IOException refused) {
            listener.close();
            LOG.log(Level.WARNING, "pods cannot reach the API at {0}: {1}", address, refused.getMessage());
        }
    }

    private void startControllers(String authority) {
        try {
            Controllers made =
                    new Controllers(server, SELF, time, new SecureRandom().nextLong()).withNamespaceBasics(authority);
            if (!controllers.complete(made)) {
                made.close();
            } else if (!made.start(PATIENCE)) {
                LOG.log(Level.ERROR, "the controllers did not start in {0} s", PATIENCE.toSeconds());
            }
        } catch (RuntimeException failed) {
            LOG.log(Level.ERROR, "the cluster's controllers did not start", failed);
            controllers.completeExceptionally(failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void endControllers() {
        if (!controllers.completeExceptionally(new IOException("the cluster was closed while it was starting"))
                && !controllers.isCompletedExceptionally()) {
            controllers.join().close();
        }
    }

    private void endNode(Thread starting) throws InterruptedException {
        starting.interrupt();
        starting.join();
        if (!node.isCompletedExceptionally() && !node.isCancelled()) {
            node.join().close();
        }
    }

    ClusterTime time() {
        return time;
    }

    Block block() {
        return block;
    }

    ApiServer server() {
        return server;
    }

    Store store() {
        return store;
    }

    /** What stands between the API and its clients from the network. */
    Troubles troubles() {
        return troubles;
    }

    /** What clients of the network asked. */
    Journal journal() {
        return journal;
    }

    ApiSide side() {
        return side;
    }

    /** The controllers; waits until they are made. */
    Controllers controllers() {
        return started(controllers, "controllers");
    }

    /** A client of the API that meets no trouble. */
    ApiClient client() {
        return new ApiClient(server, "fairlead-junit", SELF, warning -> LOG.log(Level.DEBUG, warning));
    }

    private @Nullable LocalNode nodeNow() {
        return node.isDone() && !node.isCompletedExceptionally() ? node.join().node() : null;
    }

    /** The node; waits until it is up. */
    NodeSide node() {
        return started(node, "node");
    }

    private <T> T started(Future<T> part, String what) {
        wanted.countDown();
        try {
            return part.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the cluster's " + what + " did not start: " + failed.getCause(), failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the cluster was starting", stop);
        }
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
