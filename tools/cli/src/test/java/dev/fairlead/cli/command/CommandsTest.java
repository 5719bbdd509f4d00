// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The everyday commands against a real server over HTTPS, with kubectl as the judge of what is printed. */
@Timeout(180)
class CommandsTest {
    private static final String WEB = """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              labels: {app: web, tier: front}
            spec:
              clusterIP: 10.96.7.7
              selector: {app: web}
              ports:
              - {name: http, port: 80, targetPort: 8080}
              - {name: metrics, port: 9090}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              replicas: 2
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - {name: web, image: echo}
                  - {name: sidecar, image: echo}
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: web-1
              labels: {app: web}
            spec:
              nodeName: here
              containers:
              - {name: web, image: echo}
              - {name: sidecar, image: echo}
            """;

    @TempDir
    private static Path home;

    private static Terminal terminal;

    @BeforeAll
    static void start() throws Exception {
        terminal = new Terminal(home);
        terminal.feed(WEB, "apply", "-f", "-").quietly();
    }

    @AfterAll
    static void stop() {
        terminal.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get svc",
                "get services -A",
                "get svc -o wide",
                "get svc web -o wide",
                "get deploy,svc,po",
                "get po,svc -A -o wide",
                "get all",
                "get ns",
                "get ns,svc",
                "get svc web kubernetes --no-headers",
                "get svc/web deployment/web",
                "get pods -l app=web --show-labels",
                "get pods -l app=nothing",
                "get pods -A -l app=nothing",
                "get nodes",
                "get pods -n elsewhere",
                "get svc web -o yaml",
                "get svc web -o json",
                "get svc -o yaml",
                "get svc,deploy -o json",
                "get svc,deploy -o name",
                "get deploy/web -o name",
                "get cm -o yaml",
                "get svc nosuch",
                "get svc web nosuch",
                "get svc nosuch --ignore-not-found",
                "get pods --field-selector metadata.name=web-1",
                "delete svc nosuch",
                "delete svc nosuch --ignore-not-found",
            })
    void printsWhatKubectlPrints(String line) throws Exception {
        assumeTrue(Terminal.hasKubectl(), "no kubectl on the PATH");
        String[] words = line.split(" ");
        Terminal.Run expected = terminal.kubectl(words);
        Terminal.Run actual = terminal.fairlead(words);
        assertThat(ageless(actual.out())).isEqualTo(ageless(expected.out()));
        assertThat(actual.err()).isEqualTo(expected.err());
        assertThat(actual.exit()).isEqualTo(expected.exit());
    }

    /** Ages may differ by the second that lies between the two commands. */
    private static String ageless(String out) {
        return out.replaceAll("(?m) \\d+m?s\\b *", " AGE ");
    }

    @Test
    void kubectlAndFairleadTakeTurns() throws Exception {
        assumeTrue(Terminal.hasKubectl(), "no kubectl on the PATH");
        String file = terminal.file("turns.yaml", turn("[{name: http, port: 80}, {name: more, port: 81}]", "<&>"));
        assertThat(terminal.fairlead("apply", "-f", file).quietly()).isEqualTo("service/turns created\n");
        assertThat(terminal.kubectl("apply", "-f", file).quietly()).isEqualTo("service/turns unchanged\n");
        assertThat(terminal.fairlead("apply", "-f", file).quietly()).isEqualTo("service/turns unchanged\n");
        terminal.file("turns.yaml", turn("[{name: http, port: 80}]", "two"));
        assertThat(terminal.kubectl("apply", "-f", file).quietly()).isEqualTo("service/turns configured\n");
        assertThat(terminal.fairlead("apply", "-f", file).quietly()).isEqualTo("service/turns unchanged\n");
        terminal.kubectl("label", "svc", "turns", "by=somebody").quietly();
        terminal.file("turns.yaml", turn("[{name: web, port: 80}]", "three"));
        assertThat(terminal.fairlead("apply", "-f", file).quietly()).isEqualTo("service/turns configured\n");
        assertThat(terminal.kubectl("apply", "-f", file).quietly()).isEqualTo("service/turns unchanged\n");
        assertThat(terminal.fairlead("get", "svc", "turns", "-o", "yaml").quietly())
                .contains("by: somebody", "name: web", "note: three")
                .doesNotContain("more");
        assertThat(terminal.fairlead("delete", "-f", file).quietly()).isEqualTo("service \"turns\" deleted\n");
    }

    private static String turn(String ports, String note) {
        return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: turns
                  annotations: {note: "%s"}
                spec:
                  selector: {app: web}
                  ports: %s
                """.formatted(note, ports);
    }

    @Test
    void appliesANamespaceWithWhatIsInIt() throws Exception {
        String file = terminal.file("shop/all.yaml", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: before, namespace: shop}
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: shop}
                ---
                {"apiVersion": "v1", "kind": "List", "items": [
                  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "after", "namespace": "shop"}}]}
                """);
        long before = terminal.revision();
        assertThat(terminal.fairlead("apply", "-f", file, "--dry-run=server").quietly())
                .isEqualTo("""
                namespace/shop created (server dry run)
                configmap/before created (server dry run)
                configmap/after created (server dry run)
                """);
        assertThat(terminal.revision()).isEqualTo(before);
        assertThat(terminal.fairlead("apply", "-f", home.resolve("shop").toString())
                        .quietly())
                .isEqualTo("""
                namespace/shop created
                configmap/before created
                configmap/after created
                """);
        assertThat(terminal.fairlead("delete", "cm", "after", "-n", "shop", "-o", "name")
                        .quietly())
                .isEqualTo("configmap/after\n");
    }

    @Test
    void warnsOfASelectorThatMatchesNothing() throws Exception {
        String file = terminal.file("slip.yaml", """
                apiVersion: v1
                kind: Service
                metadata: {name: slip}
                spec:
                  selector: {app: wbe}
                  ports: [{port: 80}]
                """);
        Terminal.Run run = terminal.fairlead("apply", "-f", file);
        assertThat(run.out()).isEqualTo("service/slip created\n");
        assertThat(run.err())
                .isEqualTo("Warning: " + file + ":5:3: spec.selector app=wbe matches no pod and no pod template in"
                        + " namespace default; did you mean \"app=web\"?\n");
        terminal.fairlead("delete", "svc", "slip").quietly();
    }

    @Test
    void deleteWaitsUntilTheObjectIsGone() throws Exception {
        String held = "{apiVersion: v1, kind: ConfigMap, metadata: {name: held, finalizers: [test/held]}}";
        terminal.feed(held, "apply", "-f", "-").quietly();
        assertThat(terminal.fairlead("delete", "cm", "held", "--wait=false").quietly())
                .isEqualTo("configmap \"held\" deleted\n");
        StringWriter out = new StringWriter();
        Map<String, String> environment =
                Map.of("KUBECONFIG", terminal.kubeconfig().toString());
        Thread waiting = Thread.ofVirtual()
                .start(() -> terminal.run("", environment, out, new StringWriter(), "delete", "cm/held"));
        while (out.toString().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(waiting.isAlive()).isTrue();
        terminal.feed(held.replace("test/held", ""), "apply", "-f", "-").quietly();
        waiting.join();
        assertThat(out.toString()).isEqualTo("configmap \"held\" deleted\n");
        assertThat(terminal.fairlead("get", "cm/held").failing()).contains("not found");
    }

    @Test
    void aChangeThatIsRefusedIsToldWithItsPlace() throws Exception {
        String other = WEB.replace("10.96.7.7", "10.96.7.8").replace("replicas: 2", "replicas: 3");
        String file = terminal.file("refused.yaml", other);
        long before = terminal.revision();
        assertThat(terminal.fairlead("apply", "-f", file).failing())
                .startsWith("fairlead: " + file + ":7:3: spec.clusterIPs[0]: Invalid value: [\"10.96.7.8\"]: ");
        assertThat(terminal.revision()).isEqualTo(before);
    }

    @Test
    void showsLogs() {
        assertThat(terminal.fairlead("logs", "web-1", "-c", "sidecar", "--tail", "3", "--since", "1m30s", "-p")
                        .quietly())
                .isEqualTo("container sidecar {container=sidecar, previous=true, sinceSeconds=90, tailLines=3}\nüñí\n");
        Terminal.Run defaulted = terminal.fairlead("logs", "deployment/web", "--timestamps");
        assertThat(defaulted.err()).isEqualTo("Defaulted container \"web\" out of: web, sidecar\n");
        assertThat(defaulted.out()).isEqualTo("container web {container=web, timestamps=true}\nüñí\n");
        assertThat(terminal.fairlead("logs", "-f", "pod/web-1", "-c", "web").quietly())
                .isEqualTo("one\nüñí\n");
        assertThat(terminal.fairlead("logs", "nosuch").failing())
                .isEqualTo("Error from server (NotFound): pods \"nosuch\" not found\n");
        assertThat(terminal.fairlead("logs", "web-1", "--since", "5 minutes").failing())
                .isEqualTo("fairlead: --since 5 minutes: a duration such as 30s, 5m or 1h30m is expected\n");
    }

    @Test
    void watches() throws Exception {
        try (PipedReader read = new PipedReader();
                PipedWriter write = new PipedWriter(read);
                BufferedReader lines = new BufferedReader(read)) {
            Map<String, String> environment =
                    Map.of("KUBECONFIG", terminal.kubeconfig().toString());
            Thread watcher = Thread.ofVirtual()
                    .start(() -> terminal.run(
                            "", environment, write, new StringWriter(), "get", "cm", "-w", "-n", "watched"));
            terminal.feed("{apiVersion: v1, kind: Namespace, metadata: {name: watched}}", "apply", "-f", "-")
                    .quietly();
            String map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: seen, namespace: watched}, data: {a: b}}";
            terminal.feed(map, "apply", "-f", "-").quietly();
            assertThat(lines.readLine()).isEqualTo("NAME   DATA   AGE");
            assertThat(lines.readLine()).matches("seen   1      \\d+s");
            terminal.fairlead("delete", "cm/seen", "-n", "watched").quietly();
            assertThat(lines.readLine()).matches("seen   1      \\d+s");
            watcher.interrupt();
            watcher.join();
        }
    }
}
