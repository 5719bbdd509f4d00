// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.definition;

import dev.fairlead.core.definition.Tree;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a probe or a lifecycle hook does. */
public sealed interface Action {
    /**
     * An HTTP GET.
     *
     * @param port a {@code Long}, or the name of a container port
     * @param host empty: the pod's address
     * @param tls whether over TLS; the certificate is not checked
     */
    record HttpGet(String path, Object port, String host, boolean tls, Map<String, String> headers) implements Action {}

    /** A TCP connection, opened and closed. */
    record TcpSocket(Object port, String host) implements Action {}

    /** A process inside the pod; its exit code decides. */
    record Exec(List<String> command) implements Action {}

    /** Nothing but time; hooks only. */
    record Sleep(Duration duration) implements Action {}

    /** A call of the health service of gRPC, without TLS; an empty {@code service} means the server. */
    record Grpc(int port, String service) implements Action {}

    /** Reads the handler in a probe or hook; null when there is none. */
    static @Nullable Action from(Tree handler) {
        if (handler.has("httpGet")) {
            return httpGet(handler.tree("httpGet"));
        }
        if (handler.has("tcpSocket")) {
            Tree tcp = handler.tree("tcpSocket");
            return new TcpSocket(port(tcp), tcp.text("host", ""));
        }
        if (handler.has("exec")) {
            return new Exec(handler.tree("exec").texts("command"));
        }
        if (handler.has("sleep")) {
            return new Sleep(Duration.ofSeconds(handler.tree("sleep").whole("seconds", 0)));
        }
        Tree grpc = handler.tree("grpc");
        return handler.has("grpc") ? new Grpc((int) grpc.whole("port", 0), grpc.text("service", "")) : null;
    }

    private static Action httpGet(Tree http) {
        Map<String, String> headers = new LinkedHashMap<>();
        http.trees("httpHeaders").forEach(header -> headers.put(header.text("name", ""), header.text("value", "")));
        String path = http.text("path", "/");
        return new HttpGet(
                path.startsWith("/") ? path : "/" + path,
                port(http),
                http.text("host", ""),
                http.text("scheme", "HTTP").equals("HTTPS"),
                java.util.Collections.unmodifiableMap(headers));
    }

    private static Object port(Tree tree) {
        Object port = tree.value("port");
        return port == null ? Long.valueOf(0) : port;
    }
}
