// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.play;

import com.sun.net.httpserver.HttpServer;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.pods.played.Actor;
import dev.fairlead.pods.played.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One container being played, from one start to its end. */
final class Performance implements Actor {
    private static final int NO_DELAY = 0;
    private static final long LOOK = 1_000_000;

    private final Role role;
    private final Mood mood;
    private final Supplier<List<Integer>> ports;
    private final Pause pause;
    private final List<Passage> passages = new ArrayList<>();
    /** The ports that are open, or could not be had. */
    private final Set<Integer> tried = new HashSet<>();

    private final List<HttpServer> servers = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean ending;
    private volatile List<Part> parts = List.of();
    /** Who plays all ports that no part names. */
    private @Nullable Rest rest;

    private boolean ended;

    private record Rest(InetSocketAddress target, boolean counts) {}

    /**
     * Plays nothing before {@link #play}.
     *
     * @param ports those that the container has, for parts that name none
     */
    Performance(Role role, Mood mood, Supplier<List<Integer>> ports, Pause pause) {
        this.role = role;
        this.mood = mood;
        this.ports = ports;
        this.pause = pause;
    }

    Role role() {
        return role;
    }

    /** Plays from now on what {@code said} says by then, in place of what was played. */
    synchronized void play(Supplier<List<Part>> said) throws IOException {
        List<Part> wanted = said.get();
        if (ended || wanted.equals(parts)) {
            return;
        }
        stopServing();
        parts = wanted;
        try {
            for (Part part : wanted) {
                switch (part) {
                    case Part.Handler handler -> serve(handler);
                    case Part.Server server ->
                        open(
                                server.port(),
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.localPort()),
                                true);
                    case Part.Nobody _, Part.Command _ -> {}
                }
            }
        } catch (IOException refused) {
            stopServing();
            parts = List.of();
            throw refused;
        }
        role.changed().run();
    }

    /** Listens at {@code aimed} as well, where nothing else was said of a port; what cannot be had is told in the log, once. */
    synchronized void follow(Supplier<List<Integer>> aimed) {
        Rest all = rest;
        if (all == null || ended || ending) {
            return;
        }
        for (int port : unnamed(aimed.get())) {
            if (!tried.contains(port)) {
                try {
                    open(port, all.target, all.counts);
                } catch (IOException refused) {
                    complain(refused);
                }
            }
        }
    }

    private void complain(IOException refused) {
        try {
            log("a Service aims at " + refused.getMessage());
        } catch (IOException ended) {
            // nobody will read it: the container has ended
        }
    }

    /** Those of {@code ports} that no part names. */
    private List<Integer> unnamed(List<Integer> all) {
        Set<Integer> named = parts.stream().map(Part::port).collect(Collectors.toSet());
        return all.stream().filter(each -> !named.contains(each)).toList();
    }

    private void serve(Part.Handler wanted) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
                    underWay.incrementAndGet();
                    try {
                        if (ending) {
                            exchange.getResponseHeaders().set("Connection", "close");
                        }
                        wanted.handler().handle(exchange);
                        mood.served();
                    } finally {
                        underWay.decrementAndGet();
                    }
                })
                .getAttributes()
                .put("fairlead.pod", role.pod().name());
        server.start();
        servers.add(server);
        open(wanted.port(), server.getAddress(), false);
    }

    /** Opens a part's port; of a part that names none all that no part names. */
    private void open(int named, InetSocketAddress target, boolean counts) throws IOException {
        if (named == 0) {
            rest = new Rest(target, counts);
            for (int port : unnamed(ports.get())) {
                open(port, target, counts);
            }
            return;
        }
        tried.add(named);
        InetSocketAddress at = Passage.at(role.addresses().getFirst().toString(), named);
        passages.add(Passage.open(at, target, mood, counts ? mood::served : () -> {}, pause));
    }

    private synchronized void stopServing() {
        rest = null;
        tried.clear();
        passages.forEach(Passage::close);
        passages.clear();
        servers.forEach(server -> server.stop(NO_DELAY));
        servers.clear();
    }

    /** Resets the connections that are open. */
    synchronized void reset() {
        passages.forEach(Passage::resetAll);
    }

    /** Says that it may be ready now, or no longer. */
    void moodChanged() {
        role.changed().run();
    }

    /** Ends by itself, once. */
    void end(Exit how, boolean resets) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            if (resets) {
                passages.forEach(Passage::kill);
            }
            stopServing();
        }
        mood.hurry();
        threads.shutdownNow();
        exit.complete(how);
    }

    /** A line in the container's log. */
    void log(String line) throws IOException {
        role.log().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return exit;
    }

    @Override
    public void terminate() {
        ending = true;
        Thread.ofVirtual().name("drain-" + role.pod().name()).start(() -> {
            drainPassages();
            while (busy() && !exit.isDone()) {
                LockSupport.parkNanos(LOOK);
            }
            end(new Exit.Code(0), false);
        });
    }

    private synchronized void drainPassages() {
        passages.forEach(Passage::drain);
    }

    private synchronized boolean busy() {
        return underWay.get() > 0 || passages.stream().anyMatch(Passage::busy);
    }

    @Override
    public void kill() {
        end(new Exit.Signalled(9), true);
    }

    @Override
    public boolean ready() {
        return mood.willing();
    }

    @Override
    public boolean probed() {
        return parts.stream().anyMatch(part -> part instanceof Part.Handler || part instanceof Part.Server);
    }
}
