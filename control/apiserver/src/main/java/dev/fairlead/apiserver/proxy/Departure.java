// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * That a request's client leaves before it is answered. Who waits for somebody else in the meantime, such as a pod, can be told,
 * and need not wait any longer.
 *
 * <p>The request itself does not carry it: it is about the connection that the request came on, and only those who wait want it.
 */
public final class Departure {
    private static final ScopedValue<Departure> OF_CLIENT = ScopedValue.newInstance();

    private final List<Runnable> listeners = new ArrayList<>();
    private boolean happened;

    /** That of the client whose request the running thread answers; one that never happens when nobody knows. */
    static Departure ofClient() {
        return OF_CLIENT.isBound() ? OF_CLIENT.get() : new Departure();
    }

    /** What {@code api} answers; meanwhile this is the departure of the client. */
    public Reply during(Api api, Request request) throws IOException, InterruptedException {
        try {
            return ScopedValue.where(OF_CLIENT, this).call(() -> api.call(request));
        } catch (IOException | InterruptedException | RuntimeException told) {
            throw told;
        } catch (Exception unknown) {
            throw new IllegalStateException("an API throws what it does not declare", unknown);
        }
    }

    /** Runs {@code listener} when the client leaves, or at once when it has left; it must not wait for anything. */
    public void then(Runnable listener) {
        synchronized (this) {
            if (!happened) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /** The client has left. */
    public void happens() {
        List<Runnable> told;
        synchronized (this) {
            happened = true;
            told = List.copyOf(listeners);
            listeners.clear();
        }
        told.forEach(Runnable::run);
    }
}
