// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Kubeconfig;
import dev.fairlead.apiserver.pki.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What users do with kubectl, unmodified; it must not even warn. */
@Timeout(180)
class KubectlTest {
    private static final String SHOP = """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              selector:
                app: web
              ports:
              - name: http
                port: 80
                targetPort: 8080
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              replicas: 3
              selector:
                matchLabels:
                  app: web
              template:
                metadata:
                  labels:
                    app: web
                spec:
                  containers:
                  - name: web
                    image: echo
            """;

    @TempDir
    private static Path home;

    private static TestServer server;
    private static HttpsServer https;
    private static Kubectl kubectl;
    private String namespace;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(Kubectl.isThere(), "no kubectl on the PATH");
        server = new TestServer();
        Pki pki = Pki.open(home.resolve("pki"), server.time());
        https = HttpsServer.start(
                new HttpsServer.Settings(
                        "127.0.0.1",
                        0,
                        pki.server(Set.of("localhost", "127.0.0.1")),
                        pki.authority(),
                        new Identities(Map.of()),
                        Limits.STANDARD),
                server.api());
        Path kubeconfig = home.resolve("kubeconfig");
        Kubeconfig.write(kubeconfig, "fairlead", https.url(), pki.authority(), pki.client("admin", Client.ADMIN));
        kubectl = new Kubectl(home, kubeconfig, Map.of("EDITOR", "sed -i s/port:.80/port:\\ 81/"));
    }

    @AfterAll
    static void stop() {
        if (https != null) {
            https.close();
            server.close();
        }
    }

    @BeforeEach
    void freshNamespace() throws Exception {
        namespace = "ns-" + Long.toString(System.nanoTime(), 36);
        apply("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: " + namespace + "\n");
        kubectl.run("config", "set-context", "--current", "--namespace=" + namespace)
                .quietly();
    }

    private static String run(String... arguments) throws Exception {
        return kubectl.run(arguments).quietly();
    }

    private static void apply(String yaml) throws Exception {
        kubectl.feed(yaml, "apply", "-f", "-").quietly();
    }

    @Test
    void apply_on_the_servers_side() throws Exception {
        assertThat(kubectl.feed(SHOP, "apply", "--server-side", "-f", "-").quietly())
                .isEqualTo("service/web serverside-applied\ndeployment.apps/web serverside-applied\n");
        String version = run("get", "service", "web", "-o", "jsonpath={.metadata.resourceVersion}");
        kubectl.feed(SHOP, "apply", "--server-side", "-f", "-").quietly();
        assertThat(run("get", "service", "web", "-o", "jsonpath={.metadata.resourceVersion}"))
                .isEqualTo(version);
        run("scale", "deployment", "web", "--replicas=5");
        Kubectl.Run refused = kubectl.feed(SHOP, "apply", "--server-side", "-f", "-");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err())
                .contains(
                        "Apply failed with 1 conflict: conflict with \"kubectl\" with subresource \"scale\"",
                        ".spec.replicas");
        kubectl.feed(SHOP, "apply", "--server-side", "--force-conflicts", "-f", "-")
                .quietly();
        assertThat(run("get", "deployment", "web", "-o", "jsonpath={.spec.replicas}"))
                .isEqualTo("3");
        assertThat(run(
                        "get",
                        "service",
                        "web",
                        "-o",
                        "jsonpath={.metadata.managedFields[*].manager}",
                        "--show-managed-fields"))
                .isEqualTo("kubectl");
    }

    @Test
    void what_was_applied_on_the_clients_side_is_taken_over() throws Exception {
        apply(SHOP);
        assertThat(kubectl.feed(SHOP.replace("8080", "9090"), "apply", "--server-side", "-f", "-")
                        .quietly())
                .startsWith("service/web serverside-applied\n");
        assertThat(run("get", "service", "web", "-o", "jsonpath={.spec.ports[0].targetPort}"))
                .isEqualTo("9090");
        kubectl.feed(SHOP.replace("    targetPort: 8080\n", ""), "apply", "--server-side", "-f", "-")
                .quietly();
        assertThat(run("get", "service", "web", "-o", "jsonpath={.spec.ports[0].targetPort}"))
                .as("a default again")
                .isEqualTo("80");
    }

    @Test
    void apply_creates_changes_and_leaves_alone() throws Exception {
        assertThat(kubectl.feed(SHOP, "apply", "-f", "-").quietly())
                .isEqualTo("service/web created\ndeployment.apps/web created\n");
        assertThat(kubectl.feed(SHOP, "apply", "-f", "-").quietly())
                .isEqualTo("service/web unchanged\ndeployment.apps/web unchanged\n");
        assertThat(kubectl.feed(SHOP.replace("8080", "9090"), "apply", "-f", "-")
                        .quietly())
                .isEqualTo("service/web configured\ndeployment.apps/web unchanged\n");
        assertThat(run("get", "service", "web", "-o", "jsonpath={.spec.ports[0].targetPort}"))
                .isEqualTo("9090");
    }

    @Test
    void get_prints_tables() throws Exception {
        apply(SHOP);
        assertThat(run("get", "services").replaceAll(" +", " ")).matches("""
                        NAME TYPE CLUSTER-IP EXTERNAL-IP PORT\\(S\\) AGE
                        web ClusterIP 10\\.96\\.\\d+\\.\\d+ <none> 80/TCP \\d+s
                        """);
        assertThat(run("get", "svc", "web", "-o", "wide").replaceAll(" +", " ")).contains("SELECTOR", "app=web");
        assertThat(run("get", "deploy", "-o", "wide").replaceAll(" +", " ")).matches("""
                        NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR
                        web 0/3 0 0 \\d+s web echo app=web
                        """);
        assertThat(run("get", "namespaces", "default", "--no-headers").replaceAll(" +", " "))
                .matches("default Active \\d+s\n");
        assertThat(run("get", "all", "-o", "name")).isEqualTo("service/web\ndeployment.apps/web\n");
        assertThat(run("get", "svc", "web", "-o", "yaml")).startsWith("apiVersion: v1\nkind: Service\nmetadata:\n");
        assertThat(run("get", "svc", "-o", "json")).contains("\"kind\": \"List\"", "\"clusterIP\": \"10.96.");
        assertThat(run("get", "svc,endpointslices,endpoints,pods,deployments,nodes,namespaces", "-A", "-o", "name"))
                .contains("service/web", "namespace/default");
        assertThat(kubectl.run("get", "svc", "none").err())
                .isEqualTo("Error from server (NotFound): services \"none\" not found\n");
    }

    @Test
    void pools_are_created_shown_explained_and_changed() throws Exception {
        String pool = """
                apiVersion: fairlead.dev/v1alpha1
                kind: LoadBalancerPool
                metadata:
                  name: edge
                spec:
                  addresses: [192.168.7.0/24]
                """;
        apply(pool);
        assertThat(run("get", "lbpool", "edge").replaceAll(" +", " ")).matches("""
                        NAME ADDRESSES AUTO ASSIGNED AGE
                        edge 192\\.168\\.7\\.0/24 yes <unknown> \\d+s
                        """);
        assertThat(kubectl.feed(pool.replace("7.0/24", "8.0/24"), "apply", "-f", "-")
                        .quietly())
                .isEqualTo("loadbalancerpool.fairlead.dev/edge configured\n");
        assertThat(run("describe", "loadbalancerpools", "edge").replaceAll(" +", " "))
                .contains("Kind: LoadBalancerPool\n", "Addresses:\n 192.168.8.0/24\n", "Sharing: SameNamespace\n");
        assertThat(run("explain", "loadbalancerpools.spec.autoAssign")).contains("without asking for the pool");
        assertThat(run("delete", "lbpool", "edge")).isEqualTo("loadbalancerpool.fairlead.dev \"edge\" deleted\n");
    }

    @Test
    void get_watches() throws Exception {
        Process watching = kubectl.start("get", "configmaps", "-w", "--no-headers");
        try {
            Kubectl other = new Kubectl(Files.createDirectories(home.resolve("other")), kubectl.kubeconfig(), Map.of());
            other.feed(
                            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"one\"},\"data\":{\"a\":\"b\"}}",
                            "apply",
                            "-f",
                            "-")
                    .quietly();
            Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
            while (!Files.readString(home.resolve("out")).contains("one ")
                    && Instant.now().isBefore(deadline)) {
                Thread.onSpinWait();
            }
            assertThat(Files.readString(home.resolve("out")).replaceAll(" +", " "))
                    .matches("one 1 \\d+s\n");
        } finally {
            watching.destroy();
            watching.waitFor();
        }
    }

    @Test
    void describe_shows_an_object_and_what_is_around_it() throws Exception {
        apply(SHOP);
        assertThat(run("describe", "service", "web").replaceAll(" +", " "))
                .contains(
                        "Name: web\n",
                        "Type: ClusterIP\n",
                        "Port: http 80/TCP\n",
                        "TargetPort: 8080/TCP\n",
                        "Events: <none>\n");
        assertThat(run("describe", "deployment", "web"))
                .contains("RollingUpdateStrategy:  25% max unavailable, 25% max surge");
        assertThat(run("describe", "namespace", namespace)).contains("Status:       Active");
    }

    @Test
    void scale_patch_label_annotate() throws Exception {
        apply(SHOP);
        assertThat(run("scale", "deployment/web", "--replicas=5")).isEqualTo("deployment.apps/web scaled\n");
        assertThat(run("get", "deploy", "web", "-o", "jsonpath={.spec.replicas} {.metadata.generation}"))
                .isEqualTo("5 2");
        String ports = "{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":1234}]}}";
        assertThat(run("patch", "svc", "web", "-p", ports)).isEqualTo("service/web patched\n");
        assertThat(run("get", "svc", "web", "-o", "jsonpath={.spec.ports[*].name} {.spec.ports[*].targetPort}"))
                .isEqualTo("http 1234");
        assertThat(run("patch", "svc", "web", "--type=json", "-p", "[{\"op\":\"remove\",\"path\":\"/spec/selector\"}]"))
                .isEqualTo("service/web patched\n");
        assertThat(run("label", "svc", "web", "tier=front")).isEqualTo("service/web labeled\n");
        assertThat(run("annotate", "svc", "web", "note=x")).isEqualTo("service/web annotated\n");
        assertThat(run("get", "svc", "-l", "tier in (front,back)", "-o", "name"))
                .isEqualTo("service/web\n");
        assertThat(run("get", "svc", "--field-selector", "spec.type=NodePort", "-o", "name"))
                .isEmpty();
    }

    @Test
    void edit_changes_what_the_editor_changed() throws Exception {
        apply(SHOP);
        assertThat(run("edit", "service", "web")).isEqualTo("service/web edited\n");
        assertThat(run("get", "svc", "web", "-o", "jsonpath={.spec.ports[0].port}"))
                .isEqualTo("81");
    }

    @Test
    void delete_waits_until_it_is_gone() throws Exception {
        apply(SHOP);
        String address = run("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}");
        assertThat(address).startsWith("10.96.");
        assertThat(run("delete", "service", "web")).isEqualTo("service \"web\" deleted\n");
        assertThat(run("delete", "deploy", "--all")).isEqualTo("deployment.apps \"web\" deleted\n");
        assertThat(run("get", "ipaddresses", "-o", "name")).doesNotContain("/" + address + "\n");
    }

    @Test
    void imperative_creation() throws Exception {
        apply(SHOP);
        assertThat(run("expose", "deployment", "web", "--name=exposed", "--port=80", "--target-port=8080"))
                .isEqualTo("service/exposed exposed\n");
        assertThat(run("create", "namespace", "made")).isEqualTo("namespace/made created\n");
        assertThat(run("create", "service", "clusterip", "made", "--tcp=5678:8080"))
                .isEqualTo("service/made created\n");
        assertThat(run("create", "service", "nodeport", "node", "--tcp=80", "--node-port=30123"))
                .isEqualTo("service/node created\n");
        assertThat(run("create", "deployment", "cmd", "--image=echo", "--", "sleep", "60"))
                .isEqualTo("deployment.apps/cmd created\n");
        assertThat(run("get", "deploy", "cmd", "-o", "jsonpath={.spec.template.spec.containers[0].command}"))
                .isEqualTo("[\"sleep\",\"60\"]");
        assertThat(run("create", "configmap", "conf", "--from-literal=a=b")).isEqualTo("configmap/conf created\n");
        assertThat(run("wait", "--for=jsonpath={.data.a}=b", "configmap/conf"))
                .isEqualTo("configmap/conf condition met\n");
    }

    @Test
    void rollouts_are_restarted_and_logs_read() throws Exception {
        apply(SHOP);
        assertThat(run("rollout", "restart", "deployment/web")).isEqualTo("deployment.apps/web restarted\n");
        assertThat(run("get", "deploy", "web", "-o", "jsonpath={.metadata.generation}"))
                .isEqualTo("2");
        apply("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: one
                spec:
                  nodeName: here
                  containers:
                  - name: main
                    image: echo
                """);
        assertThat(run("logs", "one")).isEqualTo("logs of main\n");
        assertThat(run("get", "pod", "one", "--no-headers", "-o", "wide").replaceAll(" +", " "))
                .matches("one 0/1 Pending 0 \\d+s <none> here <none> <none>\n");
        assertThat(run("delete", "pod", "one", "--now", "--wait=false")).startsWith("pod \"one\" deleted");
        assertThat(run("get", "pod", "one", "--no-headers").replaceAll(" +", " "))
                .contains(" Terminating ");
        assertThat(kubectl.run("delete", "pod", "one", "--force", "--grace-period=0")
                        .exit())
                .isZero();
        assertThat(run("get", "pods", "-o", "name")).isEmpty();
    }

    @Test
    void explain_knows_every_field() throws Exception {
        assertThat(run("explain", "service.spec.ports"))
                .contains("KIND:       Service", "FIELD: ports <[]ServicePort>", "targetPort");
        assertThat(run("api-resources", "-o", "name")).contains("services\n", "deployments.apps\n");
        assertThat(kubectl.run("version").out()).contains("Server Version: v1.");
    }

    @Test
    void it_can_be_asked_who_one_is_and_what_one_may_do() throws Exception {
        assertThat(run("auth", "can-i", "create", "deployments")).isEqualTo("yes\n");
        assertThat(run("auth", "can-i", "get", "pods", "--subresource=log", "-A"))
                .isEqualTo("yes\n");
        assertThat(run("auth", "can-i", "get", "/metrics")).isEqualTo("yes\n");
        assertThat(run("auth", "can-i", "--list").replaceAll(" +", " ")).contains("*.* [] [] [*]");
        assertThat(run("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"))
                .isEqualTo(Client.ADMIN.name());
    }

    @Test
    void bad_input_is_refused_by_field() throws Exception {
        Kubectl.Run typo = kubectl.feed(SHOP.replace("selector:\n    app", "selektor:\n    app"), "apply", "-f", "-");
        assertThat(typo.err()).contains("unknown field \"spec.selektor\"");
        Kubectl.Run port = kubectl.feed(SHOP.replace("port: 80\n", "port: 70000\n"), "apply", "-f", "-");
        assertThat(port.err())
                .contains(
                        "The Service \"web\" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535");
        Kubectl.Run name = kubectl.feed(
                SHOP.replace("name: web\nspec:\n  selector", "name: WEB\nspec:\n  selector"), "apply", "-f", "-");
        assertThat(name.err()).contains("metadata.name: Invalid value: \"WEB\"");
        assertThat(run("apply", "--dry-run=server", "-f", write(SHOP)))
                .contains("service/web created (server dry run)");
        assertThat(run("get", "svc", "-o", "name")).isEmpty();
        assertThat(kubectl.feed(SHOP, "diff", "-f", "-").exit()).isEqualTo(1);
    }

    private static String write(String yaml) throws IOException {
        Path file = home.resolve("shop.yaml");
        Files.writeString(file, yaml);
        return file.toString();
    }
}
