// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Cause;
import dev.fairlead.core.explain.Explanation;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where pods have network namespaces of their own, what they listen on is found there. */
final class ExplainedInNamespacesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path scratch = Path.of("");

    @Test
    void whatPodsListenOnIsSeenInTheirNamespaces() throws Exception {
        try (Running running = Running.start("kernel", scratch.resolve("data"), "one")) {
            Shop shop = running.shop();
            shop.create("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
            serve(shop, "well", "0.0.0.0", 8080);
            serve(shop, "inward", "127.0.0.1", 8080);
            serve(shop, "offport", "0.0.0.0", 9999);

            Shop.await(
                    "all is well with one",
                    PATIENCE,
                    () -> about(shop, "well").causes().isEmpty());
            first(shop, "inward", Cause.Kind.WRONG_LISTEN_ADDRESS, "listens at 127.0.0.1:8080 only");
            first(shop, "offport", Cause.Kind.WRONG_TARGET_PORT, "set targetPort to 8080");
        }
    }

    private static String server(String address) {
        return """
            ["perl", "-MIO::Socket::INET", "-e", "$s=IO::Socket::INET->new(LocalAddr=>q(%s),LocalPort=>8080,Listen=>9) or die $@; while($c=$s->accept){sysread($c,$b,9999);print $c qq(ok);close $c}"]""".formatted(address);
    }

    private static void serve(Shop shop, String name, String address, int targetPort) throws Exception {
        shop.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %1$s, namespace: shop, labels: {app: %1$s}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers: [{name: main, image: example.org/none, command: %2$s}]
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s, namespace: shop}
                spec: {selector: {app: %1$s}, ports: [{port: 80, targetPort: %3$d}]}
                """.formatted(name, server(address), targetPort));
    }

    private static Explanation about(Shop shop, String service) throws IOException, InterruptedException {
        Reply reply = shop.client().call(Request.of("GET", "/api/v1/namespaces/shop/services/" + service + "/explain"));
        return Explanation.from(new Tree(Json.object(((Reply.Whole) reply).body())));
    }

    private static void first(Shop shop, String service, Cause.Kind cause, String words) throws Exception {
        Shop.await(cause + " is told first", PATIENCE, () -> {
            Explanation explanation = about(shop, service);
            return !explanation.causes().isEmpty()
                    && explanation.causes().getFirst().kind() == cause;
        });
        assertThat(about(shop, service).text().replaceAll("\\s+", " ")).contains(words);
    }
}
