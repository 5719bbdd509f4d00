// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.Watch;
import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Watches all slices and notes when an endpoint became what is expected of it; one expectation at a time. */
final class SliceWatch implements AutoCloseable {
    private static final int SECONDS = 7200;

    private record Expected(IpAddress address, boolean ready, CompletableFuture<Long> seen) {
        boolean isMetBy(EndpointSlice slice) {
            for (Endpoint endpoint : slice.endpoints()) {
                if (endpoint.addresses().contains(address.toString())) {
                    return endpoint.ready() == ready;
                }
            }
            return false;
        }
    }

    private final Watch watch;
    private volatile Expected expected = new Expected(IpAddress.of("0.0.0.0"), true, new CompletableFuture<>());

    SliceWatch(ApiClient client) throws IOException, InterruptedException {
        long revision = client.list(Resources.ENDPOINT_SLICES, Selection.ALL).revision();
        watch = client.watch(Resources.ENDPOINT_SLICES, Selection.ALL, revision, SECONDS);
        Thread.ofVirtual().start(this::follow);
    }

    private void follow() {
        try {
            for (Watch.Event event = watch.next(); event != null; event = watch.next()) {
                long now = System.nanoTime();
                Expected waited = expected;
                if (event.type() == Watch.Type.MODIFIED && waited.isMetBy(EndpointSlice.from(event.object()))) {
                    waited.seen.complete(now);
                }
            }
        } catch (IOException | InterruptedException | RuntimeException over) {
            expected.seen.completeExceptionally(over);
        }
    }

    void expect(IpAddress address, boolean ready) {
        expected = new Expected(address, ready, new CompletableFuture<>());
    }

    /** When it was seen, waiting for that. */
    long seen(Duration patience) throws IOException, InterruptedException {
        try {
            return expected.seen.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IOException("the slice of " + expected.address + " was not seen to change", failure);
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}
