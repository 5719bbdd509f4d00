// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import dev.fairlead.cli.instance.Instance;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clients that ask the shop over and over, each request on a connection of its own, and note what each met. */
final class Shopper implements AutoCloseable {
    private static final Pattern POD = Pattern.compile("pod=(\\S+)");
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Instance instance;
    private final InetSocketAddress shop;
    private final List<Thread> clients = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private volatile Phase phase = Phase.STEADY;
    private volatile boolean closed;

    Shopper(Instance instance, InetSocketAddress shop, int count) {
        this.instance = instance;
        this.shop = shop;
        for (int i = 0; i < count; i++) {
            clients.add(Thread.ofPlatform().daemon().name("shopper-" + i).unstarted(this::shop));
        }
    }

    void start() {
        clients.forEach(Thread::start);
    }

    void phase(Phase next) {
        phase = next;
    }

    /** What was met so far. */
    List<Sample> samples() {
        synchronized (samples) {
            return List.copyOf(samples);
        }
    }

    private void shop() {
        while (!closed) {
            Sample sample = once();
            synchronized (samples) {
                samples.add(sample);
            }
        }
    }

    private Sample once() {
        Phase at = phase;
        long began = System.nanoTime();
        try {
            String answer = get(instance, shop, "GET", "/");
            long ended = System.nanoTime();
            Matcher pods = POD.matcher(answer);
            String frontend = pods.find() ? pods.group(1) : "";
            String backend = pods.find() ? pods.group(1) : "";
            String error = !answer.startsWith("HTTP/1.1 200") || backend.isEmpty() ? lastLine(answer) : null;
            return new Sample(at, began, ended, frontend, backend, error);
        } catch (IOException failure) {
            return new Sample(at, began, System.nanoTime(), "", "", String.valueOf(failure.getMessage()));
        }
    }

    private static String lastLine(String answer) {
        return answer.isEmpty() ? "an empty answer" : answer.lines().toList().getLast();
    }

    /** One HTTP request on a new connection from the node: the whole answer, head and body. */
    static String get(Instance instance, InetSocketAddress to, String method, String path) throws IOException {
        try (SocketChannel channel = instance.socket()) {
            channel.socket().connect(to, TIMEOUT_MILLIS);
            channel.socket().setSoTimeout(TIMEOUT_MILLIS);
            channel.socket()
                    .getOutputStream()
                    .write((method + " " + path + " HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(channel.socket().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread client : clients) {
            try {
                client.join();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
