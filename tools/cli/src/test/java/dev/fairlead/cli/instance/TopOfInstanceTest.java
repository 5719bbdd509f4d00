// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.command.Fairlead;
import dev.fairlead.cli.command.session.Surroundings;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.json.Json;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code fairlead top} says of an instance whose Service is asked. */
final class TopOfInstanceTest {
    private static final int ASKED = 25;

    @TempDir
    private Path scratch = Path.of("");

    @Test
    void connectionsAreSeenByServiceAndEndpoint() throws Exception {
        try (Running running = Running.start("loopback", scratch.resolve("data"), "one")) {
            Shop shop = running.shop();
            shop.create("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
            shop.create("""
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: web, namespace: shop}
                    spec:
                      replicas: 2
                      selector: {matchLabels: {app: web}}
                      template:
                        metadata: {labels: {app: web}}
                        spec:
                          containers:
                            - name: main
                              image: fairlead.dev/echo
                              env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
                              readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}
                    ---
                    apiVersion: v1
                    kind: Service
                    metadata: {name: web, namespace: shop}
                    spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
                    """);
            shop.awaitReady("web", 2);
            InetSocketAddress web = running.service("web");
            Shop.await("an answer", Duration.ofSeconds(30), () -> !Shop.get(web).isEmpty());
            for (int i = 0; i < ASKED; i++) {
                Shop.get(web);
            }
            Tree item = item(running, "top", "-n", "shop").getFirst();
            assertThat(item.text("service", "")).isEqualTo("web");
            assertThat(item.text("port", "")).isEqualTo("http");
            assertThat(item.whole("connections", 0)).isGreaterThanOrEqualTo(ASKED);
            assertThat(item.whole("bytesToClient", 0)).isPositive();
            List<Tree> endpoints = item(running, "top", "svc/web", "-n", "shop");
            assertThat(endpoints).hasSize(2);
            assertThat(endpoints.stream().mapToLong(one -> one.whole("connections", 0)))
                    .allMatch(count -> count > 0);
            assertThat(run(running, "top", "-A", "--once"))
                    .contains("NAMESPACE   SERVICE")
                    .containsPattern("shop +web +http/TCP +0\\.0 +[0-9]+ +0 +[0-9]+ +0 +0\n");
        }
    }

    private static List<Tree> item(Running running, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("-o", "json"));
        return new Tree(Json.object(run(running, all.toArray(String[]::new)).getBytes(StandardCharsets.UTF_8)))
                .trees("items");
    }

    private static String run(Running running, String... words) {
        Surroundings around = new Surroundings(
                Map.of("KUBECONFIG", running.instance().kubeconfig().toString()),
                Path.of(""),
                InputStream.nullInputStream());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line =
                Fairlead.line(around).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        assertThat(line.execute(words)).as(err.toString()).isZero();
        return out.toString();
    }
}
