// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import dev.fairlead.cli.instance.Instance;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.wire.exchange.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the machine's own curl as a pod, with nothing but a Service's name. */
final class CurlPod {
    private static final List<Path> PLACES =
            List.of(Path.of("/usr/bin/curl"), Path.of("/bin/curl"), Path.of("/usr/local/bin/curl"));

    private final Instance instance;
    private final ApiClient client;
    private final ObjectName name;

    CurlPod(Instance instance, ApiClient client, String namespace) {
        this.instance = instance;
        this.client = client;
        this.name = new ObjectName(namespace, "curl");
    }

    /** What curl printed; empty when this machine has none. */
    Optional<String> run(Watching pods) throws IOException, InterruptedException {
        Optional<Path> curl = PLACES.stream().filter(Files::isExecutable).findFirst();
        if (curl.isEmpty()) {
            return Optional.of("(no curl on this machine to run inside a pod)");
        }
        List<Object> command = List.of(curl.get().toString(), "-sS", "--max-time", "10", "http://backend/");
        client.create(
                Resources.PODS,
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Pod",
                        "metadata",
                        Map.of(
                                "name", name.name(),
                                "namespace", name.namespace(),
                                "labels", Map.of("app", "curl")),
                        "spec",
                        Map.of(
                                "restartPolicy",
                                "Never",
                                "containers",
                                List.<Object>of(Map.of("name", "curl", "image", "curl", "command", command)))));
        pods.await("curl", all -> all.stream().anyMatch(Pod::terminal), Duration.ofSeconds(20));
        String log = log();
        client.deleteIfThere(Resources.PODS, name, Deletion.DEFAULT);
        return Optional.of("curl http://backend/ inside a pod: " + (log.isBlank() ? "no answer" : log.strip()));
    }

    private String log() {
        Reply reply = instance.agent().logs().read(name, "", Map.of());
        return switch (reply) {
            case Reply.Whole whole -> new String(whole.body(), StandardCharsets.UTF_8);
            case Reply.Streamed streamed -> read(streamed);
        };
    }

    private static String read(Reply.Streamed streamed) {
        StringBuilder text = new StringBuilder();
        try (var stream = streamed.stream()) {
            for (byte[] piece = stream.next(); piece != null; piece = stream.next()) {
                text.append(new String(piece, StandardCharsets.UTF_8));
            }
        } catch (IOException broken) {
            text.append(broken.getMessage());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return text.toString();
    }
}
