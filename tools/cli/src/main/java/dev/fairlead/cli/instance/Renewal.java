// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.pki.Credential;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Looks every half minute at the server's certificate in its folder, has it issued anew when it is about to expire, and shows
 * what has changed to clients from then on, without a restart.
 */
final class Renewal implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Renewal.class.getName());
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final HttpsServer server;
    private final Source source;
    private final Time time;
    private @Nullable Credential shown;
    private Time.@Nullable Timer timer;
    private boolean closed;

    /** Where the certificate is. */
    interface Source {
        /** The certificate that is to be shown now. */
        Credential get() throws IOException;
    }

    Renewal(HttpsServer server, Source source, Time time) throws IOException {
        this.server = server;
        this.source = source;
        this.time = time;
        this.shown = source.get();
        again();
    }

    private synchronized void again() {
        if (!closed) {
            timer = time.schedule(INTERVAL, this::look);
        }
    }

    private void look() {
        try {
            Credential now = source.get();
            if (!now.equals(shown)) {
                server.show(now);
                shown = now;
                LOG.log(Level.INFO, "clients see the new certificate of the server from now on");
            }
        } catch (IOException unusable) {
            LOG.log(Level.WARNING, "the server goes on with its old certificate: " + unusable.getMessage());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return;
        }
        again();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
