// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

import dev.fairlead.apiserver.NodeDoor;
import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Answers requests to {@code …/proxy} with what a pod or a node answers. */
public final class Proxy {
    /** How long a pod may take to begin its answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Locations locations;
    private final NodeDoor door;

    /** Pods and nodes are found by {@code locations} and reached by {@code door}. */
    public Proxy(Locations locations, NodeDoor door) {
        this.locations = locations;
        this.door = door;
    }

    /**
     * What a pod answers, or a node.
     *
     * @throws Refusal 400, 404 or 503 when no pod can be asked, 504 when it does not answer in time
     */
    public Reply answer(Request request, Target target) throws InterruptedException {
        ProxyName name = ProxyName.of(target.name())
                .orElseThrow(() -> Refusal.badRequest("invalid "
                        + target.resource().singular() + " request \""
                        + target.name() + "\": it should be NAME, NAME:PORT or SCHEME:NAME:PORT, SCHEME being http or"
                        + " https"));
        Route route = Route.of(request.target(), target.resource().namespaced());
        boolean looking = request.method().equals("GET") || request.method().equals("HEAD");
        if (route.rest().isEmpty() && looking) {
            // Links of the answer are relative to its path, which therefore must be a folder.
            return Answers.with(Answers.typed(301, "text/plain", new byte[0]), "location", route.withSlash());
        }
        if (!target.resource().namespaced() && name.port().isEmpty()) {
            Reply page = page(name.name(), route, looking);
            if (page != null) {
                return page;
            }
        }
        List<InetSocketAddress> places = locations.of(target.resource(), target.namespace(), name);
        IOException last = new IOException("nobody was asked");
        for (InetSocketAddress place : places) {
            Socket socket;
            try {
                socket = connect(place, scheme(target, name).equals("https"));
            } catch (IOException refused) {
                last = refused;
                continue;
            }
            try {
                return new HttpExchange(socket, place, route, scheme(target, name), PATIENCE).send(request);
            } catch (IOException broken) {
                last = broken;
                break; // the request may have been heard
            }
        }
        throw Refusal.unavailable("error trying to reach service: " + last.getMessage());
    }

    /** A node that is asked without a port is asked where its kubelet listens, which speaks TLS. */
    private static String scheme(Target target, ProxyName name) {
        return !target.resource().namespaced() && name.port().isEmpty() ? "https" : name.scheme();
    }

    /** What the node's own agent answers; null when it is none of ours. */
    private @Nullable Reply page(String node, Route route, boolean looking) {
        try {
            Reply page = door.page(node, route.rest()).orElse(null);
            if (page != null && !looking) {
                throw Refusal.notAllowed();
            }
            return page;
        } catch (IOException unreachable) {
            throw Refusal.unavailable("error trying to reach node: " + unreachable.getMessage());
        }
    }

    private Socket connect(InetSocketAddress place, boolean secure) throws IOException, InterruptedException {
        Socket socket = door.dial(place);
        // The connection below TLS, whose end is not polite and therefore waits for nobody.
        Departure.ofClient().then(() -> hangUp(socket));
        if (!secure) {
            return socket;
        }
        try {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            SSLSocket tls = (SSLSocket)
                    trustingAll().getSocketFactory().createSocket(socket, place.getHostString(), place.getPort(), true);
            tls.startHandshake();
            return tls;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // closing is all that was wanted
        }
    }

    /** Pods have certificates of their own making; as in Kubernetes the proxy believes them. */
    private static SSLContext trustingAll() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Believer()}, null);
            return context;
        } catch (GeneralSecurityException noTls) {
            throw new IllegalStateException("the JDK has no TLS", noTls);
        }
    }

    private static final class Believer implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
