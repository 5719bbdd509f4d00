// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The program of the built-in image. Its environment configures it:
 *
 * <ul>
 *   <li>{@code PORT}: where it listens, 8080 unless set; on {@code POD_IP} if that is set, else on every address
 *   <li>{@code VERSION}: what it calls itself
 *   <li>{@code BACKEND}: a Service ({@code name} or {@code name.namespace}) to ask before it answers; found through DNS
 *   <li>{@code BACKEND_PORT_NAME}: the name of that Service's port, {@code http} unless set
 * </ul>
 *
 * <p>{@code GET /} answers with a line {@code pod=… version=…}, behind it the backend's line. {@code GET /healthz} is 200
 * until {@code POST /unready} makes it 503 and {@code POST /ready} 200 again. {@code GET /client} tells the address that
 * asks. Requests are logged, the first of each second. SIGTERM: no new connections, the requests under way are finished,
 * then it ends, successfully.
 */
public final class Echo {
    private static final int DEFAULT_PORT = 8080;

    private final String self;
    private final @Nullable Backend backend;
    private final AtomicBoolean ready = new AtomicBoolean(true);
    private final RequestLog log = new RequestLog(System.out::println, System::nanoTime);

    private Echo(Map<String, String> environment) {
        String pod = environment.getOrDefault("POD_NAME", environment.getOrDefault("HOSTNAME", "nobody"));
        self = "pod=" + pod + " version=" + environment.getOrDefault("VERSION", "1");
        String service = environment.get("BACKEND");
        backend = service == null ? null : Backend.of(service, environment);
    }

    /** Serves until the process is told to end. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> environment = System.getenv();
        int port = Integer.parseInt(environment.getOrDefault("PORT", Integer.toString(DEFAULT_PORT)));
        String address = environment.get("POD_IP");
        Echo echo = new Echo(environment);
        InetSocketAddress at = address == null
                ? new InetSocketAddress(port)
                : new InetSocketAddress(InetAddress.getByName(address), port);
        try (HttpServer server = new HttpServer(at, echo::answer)) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                server.drain();
                Runtime.getRuntime().halt(0); // ended as it was told to; Java would say 143, an error
            }));
            System.out.println(echo.self + " listens on "
                    + (address == null ? "every address, port " + port : address + ":" + port));
            server.serve();
        }
    }

    private HttpServer.Answer answer(String method, String path, InetAddress client) {
        return switch (method + " " + path) {
            case "GET /healthz" ->
                ready.get() ? new HttpServer.Answer(200, "ok\n") : new HttpServer.Answer(503, "unready\n");
            case "GET /client" -> new HttpServer.Answer(200, client.getHostAddress() + "\n");
            case "POST /unready" -> turn(false);
            case "POST /ready" -> turn(true);
            default -> {
                log.note(method + " " + path + " from " + client.getHostAddress());
                yield hello();
            }
        };
    }

    private HttpServer.Answer turn(boolean to) {
        ready.set(to);
        System.out.println(self + (to ? " is ready" : " is unready"));
        return new HttpServer.Answer(200, "ok\n");
    }

    private HttpServer.Answer hello() {
        if (backend == null) {
            return new HttpServer.Answer(200, self + "\n");
        }
        try {
            return new HttpServer.Answer(200, self + "\n" + backend.ask());
        } catch (IOException failure) {
            System.out.println(self + " got no answer from its backend: " + failure.getMessage());
            return new HttpServer.Answer(502, self + "\nbackend: " + failure.getMessage() + "\n");
        }
    }
}
