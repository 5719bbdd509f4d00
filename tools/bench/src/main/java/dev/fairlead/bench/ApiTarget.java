// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.client.https.Connection;
import dev.fairlead.client.https.Kubeconfig;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes API server to load, anybody's, as a kubeconfig names it; and its processes on this machine, if any are known.
 * All connections share one thread, so that the load takes little from the server beside it.
 */
final class ApiTarget implements AutoCloseable {
    private static final double TICKS = 100; // of /proc a second: Linux shows no other number to programs

    private final Connection connection;
    private final List<Long> processes;
    private final SslContext tls;
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    /** The current context of a kubeconfig. */
    ApiTarget(Path kubeconfig, List<Long> processes) throws IOException {
        this.connection = Kubeconfig.read(kubeconfig).connection(null);
        this.processes = processes;
        this.tls = tls(connection);
    }

    private static SslContext tls(Connection connection) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        Connection.Identity identity = connection.identity();
        if (identity != null) {
            builder.keyManager(identity.key(), identity.chain().toArray(X509Certificate[]::new));
        }
        if (connection.insecure()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else if (!connection.authorities().isEmpty()) {
            builder.trustManager(connection.authorities().toArray(X509Certificate[]::new));
        }
        return builder.build();
    }

    /** A connection of its own. */
    ApiLine open() throws IOException, InterruptedException {
        Connection.Token token = connection.token();
        return ApiLine.open(loop, tls, server(), token == null ? null : token.value());
    }

    URI server() {
        return connection.server();
    }

    /** What serves it here; empty when that is not known. */
    List<Long> processes() {
        return processes;
    }

    /** Resident memory in MiB of the processes together; NaN when none are known. */
    double residentMebibytes() throws IOException {
        double sum = 0;
        for (long pid : processes) {
            sum += Launched.residentMebibytes(pid);
        }
        return processes.isEmpty() ? Double.NaN : sum;
    }

    /** Processor time in milliseconds that the processes have used; NaN when none are known. */
    double processorMillis() throws IOException {
        double sum = 0;
        for (long pid : processes) {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            sum += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1000 / TICKS;
        }
        return processes.isEmpty() ? Double.NaN : sum;
    }

    /** A token that requests carry; null for none. */
    static @Nullable String bearer(@Nullable String token) {
        return token == null ? null : "Bearer " + token;
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
