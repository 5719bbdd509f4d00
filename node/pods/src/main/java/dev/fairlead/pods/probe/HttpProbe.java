// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import dev.fairlead.pods.definition.Action;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The smallest HTTP/1.1 client that can tell a status code, over a socket that is already connected: the JDK's client
 * opens its own sockets, and those of a pod have to be opened inside a network namespace. Redirects are not followed: a
 * 3xx status is a success.
 */
final class HttpProbe {
    private static final int LINE = 4096;

    private HttpProbe() {}

    static int status(Socket plain, Action.HttpGet get, InetSocketAddress address, Duration timeout)
            throws IOException {
        Socket socket = get.tls() ? tls(plain, address, timeout) : plain;
        socket.getOutputStream().write(request(get, address).getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return code(line(socket.getInputStream()));
    }

    private static String request(Action.HttpGet get, InetSocketAddress address) {
        StringBuilder request = new StringBuilder("GET ").append(get.path()).append(" HTTP/1.1\r\n");
        header(get, request, "Host", host(address));
        header(get, request, "User-Agent", "kube-probe/1.36");
        header(get, request, "Accept", "*/*");
        get.headers().forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
        return request.append("Connection: close\r\n\r\n").toString();
    }

    /** A header, unless the probe sets it itself. */
    private static void header(Action.HttpGet get, StringBuilder request, String name, String value) {
        if (get.headers().keySet().stream().noneMatch(name::equalsIgnoreCase)) {
            request.append(name).append(": ").append(value).append("\r\n");
        }
    }

    static String host(InetSocketAddress address) {
        String text = address.getAddress().getHostAddress();
        return (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n' && line.length() < LINE; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static int code(String line) throws IOException {
        String[] words = line.split(" ", 3);
        if (words.length >= 2 && words[0].startsWith("HTTP/1.") && words[1].matches("[1-5][0-9]{2}")) {
            return Integer.parseInt(words[1]);
        }
        throw new IOException(
                line.isEmpty()
                        ? "the connection was closed without an answer"
                        : "the answer is not HTTP/1: \"" + line.substring(0, Math.min(60, line.length())) + "\"");
    }

    private static Socket tls(Socket plain, InetSocketAddress address, Duration timeout) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
            Socket tls = context.getSocketFactory()
                    .createSocket(plain, address.getAddress().getHostAddress(), address.getPort(), true);
            tls.setSoTimeout((int) timeout.toMillis());
            return tls;
        } catch (GeneralSecurityException unavailable) {
            throw new IOException("no TLS: " + unavailable.getMessage(), unavailable);
        }
    }

    /** Probes ask whether the pod answers, not who it is; a kubelet does not look at the certificate either. */
    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
