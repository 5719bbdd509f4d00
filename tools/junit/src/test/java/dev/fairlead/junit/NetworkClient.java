// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A client of a cluster's API that comes over the network, with what the kubeconfig says and nothing else. */
final class NetworkClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final char[] PASSWORD = "test".toCharArray();

    private final URI api;
    private final HttpClient http;
    private final String token;

    NetworkClient(FairleadCluster cluster) throws GeneralSecurityException, IOException {
        this.api = cluster.api();
        String config = cluster.kubeconfigText();
        boolean secure = api.getScheme().equals("https");
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
        this.http = secure ? builder.sslContext(context(config)).build() : builder.build();
        this.token = secure ? "" : field(config, "token");
    }

    private static String field(String config, String name) {
        Matcher found = Pattern.compile(name + ": \"?([^\"\\s]+)").matcher(config);
        if (!found.find()) {
            throw new AssertionError("no " + name + " in " + config);
        }
        return found.group(1);
    }

    private static byte[] decoded(String config, String name) {
        return Base64.getDecoder().decode(field(config, name));
    }

    private static SSLContext context(String config) throws GeneralSecurityException, IOException {
        CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        trusted.setCertificateEntry(
                "ca",
                certificates.generateCertificate(
                        new ByteArrayInputStream(decoded(config, "certificate-authority-data"))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, PASSWORD);
        String pem = new String(decoded(config, "client-key-data"), StandardCharsets.US_ASCII)
                .replaceAll("-----[^-]+-----|\\s", "");
        own.setKeyEntry(
                "own",
                KeyFactory.getInstance("EC")
                        .generatePrivate(new PKCS8EncodedKeySpec(
                                pkcs8(Base64.getDecoder().decode(pem)))),
                PASSWORD,
                new Certificate[] {
                    certificates.generateCertificate(
                            new ByteArrayInputStream(decoded(config, "client-certificate-data")))
                });
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** The form of keys that the JDK reads, around that of RFC 5915 for the curve P-256. */
    private static byte[] pkcs8(byte[] key) {
        byte[] before = HexFormat.of().parseHex("020100301306072a8648ce3d020106082a8648ce3d030107");
        return ByteBuffer.allocate(3 + before.length + 2 + key.length)
                .put(new byte[] {0x30, (byte) 0x81, (byte) (before.length + 2 + key.length)})
                .put(before)
                .put(new byte[] {0x04, (byte) key.length})
                .put(key)
                .array();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.resolve(path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    /** Asks, and waits for the answer. */
    HttpResponse<String> ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path)
                .timeout(PATIENCE)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header(
                    "Content-Type", method.equals("PATCH") ? "application/merge-patch+json" : "application/json");
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return ask("GET", path, "");
    }

    /** Asks without waiting. */
    CompletableFuture<HttpResponse<String>> begin(String path) {
        return http.sendAsync(request(path).build(), BodyHandlers.ofString());
    }

    /** A ConfigMap's data, {@code {"v": value}}, made or changed. */
    void set(String name, String value) throws IOException, InterruptedException {
        String path = "/api/v1/namespaces/default/configmaps";
        String object = "{\"metadata\": {\"name\": \"" + name + "\"}, \"data\": {\"v\": \"" + value + "\"}}";
        HttpResponse<String> made = ask("POST", path, object);
        if (made.statusCode() == 409) {
            made = ask("PATCH", path + "/" + name, object);
        }
        if (made.statusCode() >= 300) {
            throw new AssertionError(made.body());
        }
    }

    /** A watch; returns when it is open. */
    Watch watch(String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = http.send(request(path).build(), BodyHandlers.ofInputStream());
        return new Watch(answer);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** The lines of a watch as they come. */
    static final class Watch {
        private final int status;
        private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final CompletableFuture<String> end = new CompletableFuture<>();

        private Watch(HttpResponse<InputStream> answer) {
            this.status = answer.statusCode();
            Thread.ofVirtual().start(() -> read(answer.body()));
        }

        private void read(InputStream body) {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    lines.add(line);
                }
                end.complete("ended");
            } catch (IOException broken) {
                end.complete("broke off");
            }
        }

        int status() {
            return status;
        }

        /** The next event. */
        String next() throws InterruptedException {
            String line = lines.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("no event came in " + PATIENCE);
            }
            return line;
        }

        boolean quiet() {
            return lines.isEmpty() && !end.isDone();
        }

        /** {@code ended} or {@code broke off}, when it is over. */
        String end() throws Exception {
            return end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
