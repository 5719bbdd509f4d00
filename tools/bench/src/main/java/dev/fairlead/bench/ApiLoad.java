// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Requests of clients that each wait for their answer before they ask again, each with a connection of its own. All of it runs on
 * the loop's thread: an answer is what sends the next request.
 */
final class ApiLoad implements AutoCloseable {
    private final List<ApiLine> lines = new ArrayList<>();

    /** One of the requests. */
    @SuppressWarnings("ArrayRecordComponent") // bytes as they are sent, nobody compares requests
    record Ask(String method, String path, byte[] body, String mediaType) {
        static Ask get(String path) {
            return new Ask("GET", path, new byte[0], "");
        }
    }

    /** Connects {@code clients}; each asks once, so that all handshakes are over. */
    ApiLoad(ApiTarget target, int clients) throws IOException, InterruptedException {
        for (int i = 0; i < clients; i++) {
            ApiLine line = target.open();
            lines.add(line);
            line.require("GET", "/version", new byte[0], "");
        }
    }

    /** Sends {@code amount} requests; gives how many were answered a second. An error ends it. */
    double run(int amount, IntFunction<Ask> requests, Sample latency) throws IOException {
        AtomicInteger next = new AtomicInteger();
        long began = System.nanoTime();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (ApiLine line : lines) {
            CompletableFuture<Void> over = new CompletableFuture<>();
            clients.add(over);
            ask(line, next, amount, requests, latency, over);
        }
        try {
            CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException failure) {
            throw new IOException("a request failed: " + failure.getMessage(), failure);
        }
        return amount / ((System.nanoTime() - began) / 1e9);
    }

    private static void ask(
            ApiLine line,
            AtomicInteger next,
            int amount,
            IntFunction<Ask> requests,
            Sample latency,
            CompletableFuture<Void> over) {
        int number = next.getAndIncrement();
        if (number >= amount) {
            over.complete(null);
            return;
        }
        Ask ask = requests.apply(number);
        long began = System.nanoTime();
        var _ = line.ask(ask.method, ask.path, ask.body, ask.mediaType).whenComplete((answer, failure) -> {
            latency.addNanos(System.nanoTime() - began);
            if (failure != null) {
                over.completeExceptionally(failure);
            } else if (answer.status() >= 300) {
                over.completeExceptionally(new IOException(
                        ask.method + " " + ask.path + " was answered " + answer.status() + ": " + answer.body()));
            } else {
                ask(line, next, amount, requests, latency, over);
            }
        });
    }

    @Override
    public void close() {
        lines.forEach(ApiLine::close);
    }
}
