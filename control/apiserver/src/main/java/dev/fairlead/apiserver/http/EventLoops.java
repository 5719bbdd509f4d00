// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/**
 * The threads that a server's sockets live on. Making them takes as long as making the API, so both can be done at one time.
 * Closed by the server that is given them.
 */
public final class EventLoops implements AutoCloseable {
    private final Vertx vertx;
    private final Upgrades upgrades;

    private EventLoops(Vertx vertx, Upgrades upgrades) {
        this.vertx = vertx;
        this.upgrades = upgrades;
    }

    /** As many as the machine has processors, two at least. */
    public static EventLoops open() {
        Upgrades upgrades = new Upgrades();
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(2)
                .setUseDaemonThread(true)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        Vertx vertx = Vertx.builder()
                .with(options)
                .withTransport(upgrades.transport())
                .build();
        return new EventLoops(vertx, upgrades);
    }

    Vertx vertx() {
        return vertx;
    }

    Upgrades upgrades() {
        return upgrades;
    }

    /** Lets go of them, if no server was given them. */
    @Override
    public void close() {
        var _ = vertx.close();
    }
}
