// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.apiserver.pki.Credential;
import dev.fairlead.apiserver.pki.Pem;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An API at the other end of a TLS connection, by the JDK's client: nothing of ours but PEM reading. */
final class HttpApi implements Api, AutoCloseable {
    private final String url;
    private final HttpClient http;

    /** @param credential null for a client without certificate */
    HttpApi(String url, String authority, Credential credential, HttpClient.Version version) {
        this.url = url;
        this.http = HttpClient.newBuilder()
                .sslContext(context(authority, credential))
                .version(version)
                .build();
    }

    HttpClient http() {
        return http;
    }

    private static SSLContext context(String authority, Credential credential) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", Pem.certificate(authority));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            if (credential != null) {
                own.setKeyEntry("client", Pem.privateKey(credential.key()), new char[0], new Certificate[] {
                    Pem.certificate(credential.certificate())
                });
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Reply call(Request request) throws IOException, InterruptedException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url + request.target()))
                .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(request.body()));
        request.headers().forEach(builder::header);
        HttpResponse<InputStream> response = http.send(builder.build(), HttpResponse.BodyHandlers.ofInputStream());
        Map<String, String> headers = new LinkedHashMap<>();
        response.headers().map().forEach((name, values) -> headers.put(name, String.join("\n", values)));
        boolean stream = headers.getOrDefault("content-type", "").contains("stream=watch");
        if (!stream) {
            return new Reply.Whole(
                    response.statusCode(), headers, response.body().readAllBytes());
        }
        InputStream body = response.body();
        return new Reply.Streamed(response.statusCode(), headers, new Stream() {
            private final byte[] buffer = new byte[8192];

            @Override
            public byte[] next() throws IOException {
                int count = body.read(buffer);
                return count < 0 ? null : Arrays.copyOf(buffer, count);
            }

            @Override
            public void close() {
                try {
                    body.close();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
