// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.played;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Plays containers for tests: an HTTP server at each declared port, which does as it is told. */
public final class Played implements Actor {
    /** How it takes SIGTERM. */
    public enum Manners {
        /** It ends at once. */
        PLAIN,
        /** It answers what is under way, then ends with code 0. */
        DRAINING,
        /** It goes on, and whoever asked waits. */
        DEAF
    }

    /** Remembers whom it started. */
    public static final class Troupe implements Cast {
        private final List<Played> all = new CopyOnWriteArrayList<>();
        private final boolean probed;
        /** How those started from now on take SIGTERM. */
        public volatile Manners manners = Manners.PLAIN;
        /** Whether an image named busy cannot be played now. */
        public volatile boolean busy = true;

        /** Those that are not probed say by themselves whether they are ready, and are not at first. */
        public Troupe(boolean probed) {
            this.probed = probed;
        }

        @Override
        public @Nullable Actor play(Role role) throws IOException {
            if (!role.container().command().isEmpty()) {
                return null;
            }
            if (role.container().image().equals("broken")) {
                throw new IllegalStateException("out of luck");
            }
            if (busy && role.container().image().equals("busy")) {
                throw new IOException("port 80 is taken");
            }
            Played played = new Played(role, probed, manners);
            all.add(played);
            return played;
        }

        /** Everybody ever started, in order. */
        public List<Played> all() {
            return List.copyOf(all);
        }

        /** The last who was started for this container. */
        public Played last(ObjectName pod, String container) {
            return all.stream()
                    .filter(one -> one.role.pod().equals(pod)
                            && one.role.container().name().equals(container))
                    .reduce((before, after) -> after)
                    .orElseThrow();
        }
    }

    /** What it was given. */
    public final Role role;
    /** What was asked of it: paths, {@code TERM}, {@code KILL}. */
    public final List<String> heard = new CopyOnWriteArrayList<>();
    /** How a request to /slow goes on. */
    public final CompletableFuture<String> slow = new CompletableFuture<>();

    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final Manners manners;
    private volatile boolean probed;
    private volatile int status = 200;
    private volatile boolean ready;

    private Played(Role role, boolean probed, Manners manners) throws IOException {
        this.role = role;
        this.probed = probed;
        this.manners = manners;
        this.ready = probed;
        for (var port : role.container().ports()) {
            HttpServer server = HttpServer.create(
                    new InetSocketAddress(Inet.address(role.addresses().getFirst()), port.port()), 50);
            server.createContext("/", this::answer);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            servers.add(server);
        }
        say("played " + role.attempt());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        heard.add(path);
        byte[] body = (path.equals("/slow") ? slow.join() : role.pod().name()).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Answers with this status from now on. */
    public void answers(int code) {
        status = code;
    }

    /** Says of itself whether it is ready. */
    public void ready(boolean now) {
        ready = now;
        role.changed().run();
    }

    /** Says whether its probes are to be asked. */
    public void probed(boolean now) {
        probed = now;
        role.changed().run();
    }

    /** Writes a line to its log. */
    public void say(String line) throws IOException {
        role.log().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Ends by itself. */
    public void end(Exit how) {
        servers.forEach(server -> server.stop(0));
        exit.complete(how);
    }

    /** Ends by a mistake. */
    public void fail(Throwable mistake) {
        servers.forEach(server -> server.stop(0));
        exit.completeExceptionally(mistake);
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return exit;
    }

    @Override
    public void terminate() {
        heard.add("TERM");
        switch (manners) {
            case PLAIN -> end(new Exit.Signalled(15));
            case DRAINING -> {
                while (heard.contains("/slow") && !slow.isDone()) {
                    LockSupport.parkNanos(1_000_000);
                }
                servers.forEach(server -> server.stop(1));
                end(new Exit.Code(0));
            }
            case DEAF -> {
                while (!heard.contains("KILL")) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }
    }

    @Override
    public void kill() {
        heard.add("KILL");
        servers.forEach(server -> server.stop(0));
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public boolean probed() {
        return probed;
    }
}
