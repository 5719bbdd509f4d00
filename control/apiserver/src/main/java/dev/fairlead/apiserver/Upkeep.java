// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.apiserver.repair.Teller;
import dev.fairlead.apiserver.request.Self;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Looks every ten seconds whether what every cluster has is still there and right. */
final class Upkeep implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Bootstrap bootstrap;
    private final Teller teller;
    private final Self self;
    private final Time time;
    private @Nullable OwnService own;
    private Time.@Nullable Timer timer;
    private boolean closed;

    Upkeep(Bootstrap bootstrap, Teller teller, Self self, Time time) {
        this.bootstrap = bootstrap;
        this.teller = teller;
        this.self = self;
        this.time = time;
    }

    /** Writes the server's own Service now and looks after it from now on. */
    void advertise(OwnService service) {
        synchronized (this) {
            own = service;
        }
        service.write(self);
    }

    synchronized void start() {
        if (!closed) {
            timer = time.schedule(
                    INTERVAL, () -> Thread.ofVirtual().name("upkeep").start(this::round));
        }
    }

    private void round() {
        bootstrap.ensureServiceCidr();
        bootstrap.compareServiceCidr(teller);
        OwnService service;
        synchronized (this) {
            service = own;
        }
        if (service != null) {
            service.write(self);
        }
        start();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
