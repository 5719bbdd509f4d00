// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real kubectl's exec, attach and port-forward with pods that run. */
@Timeout(240)
final class TalksWithPodsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern FORWARDING = Pattern.compile("Forwarding from 127\\.0\\.0\\.1:(\\d+) -> (\\d+)");

    @TempDir
    private Path home = Path.of("");

    private Kubectl kubectl = new Kubectl(home, home);
    private Map<String, String> environment = Map.of();

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "loopback"})
    void talk(String network) throws Exception {
        Kubectl.needed();
        try (Running running = Running.start(network, home.resolve("data"), "one")) {
            kubectl = new Kubectl(home, running.instance().kubeconfig());
            Shop shop = running.shop().apply();
            shop.awaitReady("backend", 3);
            String pod = Shop.name(shop.pods("backend").getFirst()).name();
            commands(pod);
            terminal(pod);
            attached(pod);
            forwarded(pod);
            if (network.equals("kernel")) {
                assertThat(kubectl.run(environment, "", "exec", pod, "--", "hostname")
                                .out())
                        .isEqualTo(pod + "\n");
            }
            asOlderOnesDo();
            commands(pod);
            terminal(pod);
            attached(pod);
            forwarded(pod);
        }
    }

    /** kubectl before 1.30 and 1.31 knows SPDY alone; newer ones can be told to be like them. */
    private void asOlderOnesDo() {
        environment = Map.of("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", "false", "KUBECTL_PORT_FORWARD_WEBSOCKETS", "false");
    }

    private void commands(String pod) throws Exception {
        assertThat(kubectl.run(environment, "", "exec", pod, "--", "sh", "-c", "echo here; echo there >&2"))
                .isEqualTo(new Kubectl.Said(0, "here\n", "there\n"));
        String much = "0123456789".repeat(40_000);
        assertThat(kubectl.run(environment, much, "exec", "-i", pod, "--", "cat"))
                .isEqualTo(new Kubectl.Said(0, much, ""));
        assertThat(kubectl.run(environment, "", "exec", pod, "--", "sh", "-c", "exit 7"))
                .isEqualTo(new Kubectl.Said(7, "", "command terminated with exit code 7\n"));
        assertThat(kubectl.run(environment, "", "exec", pod, "--", "sh", "-c", "kill -9 $$")
                        .exit())
                .isEqualTo(137);
        assertThat(kubectl.run(environment, "", "exec", "deploy/backend", "--", "printenv", "KUBERNETES_SERVICE_PORT"))
                .as("the container's environment")
                .isEqualTo(new Kubectl.Said(0, "443\n", ""));
        Kubectl.Said none = kubectl.run(environment, "", "exec", pod, "--", "no-such-program");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err()).contains("no such program in PATH").doesNotContain("Exception");
        Kubectl.Said nowhere = kubectl.run(environment, "", "exec", pod, "-c", "other", "--", "true");
        assertThat(nowhere.err()).contains("container other is not valid for pod " + pod);
    }

    private void terminal(String pod) throws Exception {
        String exec = "kubectl -n shop exec -it " + pod + " -- sh -c 'tty; echo $TERM; read a; echo got $a'";
        Kubectl.Said said = kubectl.command(environment, "word\n", List.of("script", "-qec", exec, "/dev/null"));
        assertThat(said.out()).contains("/dev/pts/", "got word");
        assertThat(said.exit()).isZero();
    }

    private void attached(String pod) throws Exception {
        Path file = home.resolve("attached");
        Process attach = kubectl.start(environment, file, List.of("kubectl", "-n", "shop", "attach", pod));
        try {
            Shop.await(
                    "what the pod writes",
                    PATIENCE,
                    () -> { // every request to the pod is a line of its log
                        kubectl.run(
                                environment,
                                "",
                                "get",
                                "--raw",
                                "/api/v1/namespaces/shop/pods/" + pod + ":8080/proxy/attached");
                        return Files.readString(file).contains("/attached");
                    });
        } finally {
            attach.destroy();
            attach.waitFor(30, TimeUnit.SECONDS);
        }
    }

    private void forwarded(String pod) throws Exception {
        Path file = home.resolve("forwarded");
        Process forward = kubectl.start(
                environment, file, List.of("kubectl", "-n", "shop", "port-forward", "pod/" + pod, ":8080", ":9"));
        try {
            List<Integer> ports = new ArrayList<>();
            Shop.await("local ports", PATIENCE, () -> {
                ports.clear();
                Matcher matcher = FORWARDING.matcher(Files.readString(file));
                while (matcher.find()) {
                    ports.add(Integer.parseInt(matcher.group(1)));
                }
                return ports.size() == 2;
            });
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> get(ports.getFirst())));
            }
            for (CompletableFuture<String> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS))
                        .as(() -> read(Path.of(file + ".err")))
                        .contains("pod=" + pod);
            }
            assertThat(get(ports.getLast())).startsWith("no answer");
            Shop.await(
                    "the reason",
                    PATIENCE,
                    () -> Files.readString(Path.of(file + ".err")).contains("error forwarding port 9"));
        } finally {
            forward.destroy();
            forward.waitFor(30, TimeUnit.SECONDS);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            return gone.toString();
        }
    }

    private static String get(int port) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + "/").toURL().openConnection();
            connection.setConnectTimeout(10_000);
            connection.setReadTimeout(10_000);
            return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException none) {
            return "no answer: " + none;
        }
    }
}
