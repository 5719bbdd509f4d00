// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same day's work with kubectl of several minor versions; none may fail, warn or notice where it is. */
@Timeout(600)
class KubectlTest {
    private static final String WEB = """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              selector: {app: web}
              ports:
              - {name: http, port: 80, targetPort: http}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              replicas: 1
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: fairlead.dev/echo
                    ports:
                    - {name: http, containerPort: 8080}
            """;

    private static final String ROLE = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: clerk, namespace: HERE}
            rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: clerk, namespace: HERE}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: clerk}
            subjects: [{kind: ServiceAccount, name: clerk, namespace: HERE}]
            """;
    private static final String REVIEW =
            "apiVersion: authentication.k8s.io/v1\nkind: TokenReview\nspec:\n  token: TOKEN\n";

    @TempDir
    private static Path scratch;

    private static List<Path> fetched = List.of();
    private static Cluster cluster;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        fetched = Program.fetched();
        Program.require(fetched);
        cluster = Cluster.start(scratch);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @TestFactory
    List<DynamicTest> aDaysWork() {
        return fetched.stream()
                .map(folder -> DynamicTest.dynamicTest("kubectl " + folder.getFileName(), () -> work(folder)))
                .toList();
    }

    private static void work(Path folder) throws Exception {
        String version = folder.getFileName().toString();
        Path home = Files.createDirectory(scratch.resolve(version));
        Path kubeconfig = Files.copy(cluster.kubeconfig(), home.resolve("kubeconfig"));
        Program kubectl = new Program(folder.resolve("kubectl"), home, kubeconfig);
        // It warns of servers more than one minor version newer, as of any.
        assertThat(kubectl.run("version", "-o", "json").out()).contains("serverVersion", "v" + version);
        assertThat(kubectl.quietly("api-resources", "--sort-by=name", "-o", "name"))
                .contains("services\n", "deployments.apps\n");
        assertThat(kubectl.quietly("api-versions")).contains("discovery.k8s.io/v1\n");
        assertThat(kubectl.quietly("explain", "service.spec.ports.targetPort")).contains("targetPort", "IntOrString");
        String namespace = "v" + version.replace('.', '-');
        kubectl.quietly("create", "namespace", namespace);
        kubectl.quietly("config", "set-context", "--current", "--namespace=" + namespace);
        applies(kubectl);
        reads(kubectl);
        changes(kubectl);
        runs(kubectl);
        creates(kubectl);
        isRefused(kubectl);
        allows(kubectl, namespace);
        assertThat(kubectl.quietly("delete", "namespace", namespace, "--timeout=60s"))
                .contains("deleted");
        assertThat(kubectl.run("get", "namespace", namespace).err()).contains("NotFound");
    }

    private static void applies(Program kubectl) throws Exception {
        assertThat(kubectl.feed(WEB, "apply", "-f", "-", "--dry-run=server").quietly())
                .contains("service/web created (server dry run)");
        assertThat(kubectl.feed(WEB, "apply", "-f", "-").quietly())
                .isEqualTo("service/web created\ndeployment.apps/web created\n");
        assertThat(kubectl.feed(WEB, "apply", "-f", "-").quietly())
                .isEqualTo("service/web unchanged\ndeployment.apps/web unchanged\n");
        String moved = WEB.replace("port: 80", "port: 81");
        Program.Run difference = kubectl.feed(moved, "diff", "-f", "-");
        assertThat(difference.exit()).as(difference.err()).isEqualTo(1);
        assertThat(difference.out()).contains("-    port: 80", "+    port: 81");
        assertThat(kubectl.feed(moved, "apply", "-f", "-").quietly()).contains("service/web configured");
        assertThat(kubectl.feed(moved, "apply", "--server-side", "-f", "-").quietly())
                .contains("service/web serverside-applied");
        assertThat(kubectl.feed(moved, "diff", "--server-side", "-f", "-").quietly())
                .isEmpty();
    }

    private static void allows(Program kubectl, String namespace) throws Exception {
        String clerk = "system:serviceaccount:" + namespace + ":clerk";
        String role = ROLE.replace("HERE", namespace); // without it kubectl asks for a namespace without a name
        kubectl.quietly("create", "serviceaccount", "clerk");
        String token =
                kubectl.quietly("create", "token", "clerk", "--duration=20m").strip();
        assertThat(kubectl.feed(REVIEW.replace("TOKEN", token), "create", "-f", "-", "-o", "yaml")
                        .quietly())
                .contains("authenticated: true", "username: " + clerk);
        Program.Run made =
                kubectl.feed(role, "auth", "reconcile", "-f", "-"); // it tells what it does on standard error
        assertThat(made.exit()).as(made.err()).isZero();
        assertThat(made.out())
                .contains("role.rbac.authorization.k8s.io/clerk reconciled")
                .contains("rolebinding.rbac.authorization.k8s.io/clerk reconciled");
        Program.Run more = kubectl.feed(role.replace("[get, list]", "[watch]"), "auth", "reconcile", "-f", "-");
        assertThat(more.err()).contains("missing rules added");
        assertThat(kubectl.quietly("auth", "can-i", "--list", "--as=" + clerk))
                .containsPattern("pods +\\[] +\\[] +\\[(get list watch|watch get list)]")
                .contains("selfsubjectaccessreviews.authorization.k8s.io");
        assertThat(kubectl.quietly("auth", "can-i", "watch", "pods", "--as=" + clerk))
                .isEqualTo("yes\n");
        Program.Run no = kubectl.run("auth", "can-i", "delete", "pods", "--as=" + clerk);
        assertThat(no.out()).isEqualTo("no\n");
        assertThat(no.exit()).isEqualTo(1);
        assertThat(kubectl.quietly("auth", "whoami", "-o", "jsonpath={.status.userInfo}", "--as=" + clerk))
                .contains(clerk, "system:serviceaccounts");
    }

    private static void reads(Program kubectl) throws Exception {
        assertThat(kubectl.quietly("get", "all")).contains("service/web", "deployment.apps/web", "CLUSTER-IP");
        assertThat(kubectl.quietly("get", "svc,deploy", "-o", "wide")).contains("SELECTOR", "fairlead.dev/echo");
        assertThat(kubectl.quietly("get", "svc", "web", "-o", "yaml")).contains("clusterIP: 127.");
        assertThat(kubectl.quietly("get", "svc", "-l", "app=none", "-o", "name"))
                .isEmpty();
        assertThat(kubectl.quietly("get", "svc", "--field-selector", "metadata.name=web", "-o", "name"))
                .isEqualTo("service/web\n");
        assertThat(kubectl.quietly("get", "svc", "-A", "--chunk-size=1", "-o", "name"))
                .contains("service/kubernetes\n", "service/web\n");
        assertThat(kubectl.quietly("get", "--raw", "/readyz")).isEqualTo("ok");
        assertThat(kubectl.quietly("describe", "service", "web")).contains("Endpoints:");
        assertThat(kubectl.quietly("auth", "can-i", "create", "services")).isEqualTo("yes\n");
        assertThat(kubectl.quietly("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"))
                .isEqualTo("admin");
    }

    private static void changes(Program kubectl) throws Exception {
        kubectl.quietly("label", "service", "web", "tier=front");
        kubectl.quietly("annotate", "service", "web", "note=one");
        kubectl.quietly("patch", "service", "web", "-p", "{\"spec\":{\"ports\":[{\"port\":81,\"name\":\"web\"}]}}");
        kubectl.quietly(
                "patch", "service", "web", "--type=merge", "-p", "{\"metadata\":{\"annotations\":{\"note\":null}}}");
        kubectl.quietly(
                "patch",
                "service",
                "web",
                "--type=json",
                "-p",
                "[{\"op\":\"replace\",\"path\":\"/metadata/labels/tier\",\"value\":\"back\"}]");
        assertThat(kubectl.quietly(
                        "get",
                        "service",
                        "web",
                        "-o",
                        "jsonpath={.metadata.labels.tier} {.spec.ports[*].name} {.metadata.annotations.note}"))
                .isEqualTo("back web ");
        kubectl.quietly("scale", "deployment", "web", "--replicas=2");
        kubectl.quietly("set", "env", "deployment/web", "COLOUR=blue");
    }

    private static void runs(Program kubectl) throws Exception {
        kubectl.quietly("rollout", "status", "deployment/web", "--timeout=60s");
        kubectl.quietly("wait", "--for=condition=Available", "deployment/web", "--timeout=60s");
        kubectl.quietly("wait", "--for=jsonpath={.status.readyReplicas}=2", "deployment/web", "--timeout=60s");
        assertThat(kubectl.quietly("get", "pods", "-l", "app=web")).contains("1/1", "Running");
        assertThat(kubectl.quietly("get", "endpointslices", "-l", "kubernetes.io/service-name=web"))
                .contains("IPv4");
        // kubectl before 1.30 speaks no WebSocket; it is told so where SPDY is not served.
        Program.Run exec = kubectl.run("exec", "deploy/web", "--", "sh", "-c", "echo $COLOUR");
        if (!exec.err().contains("upgrade to SPDY/3.1 is not served")) {
            assertThat(exec.out()).as(exec.err()).isEqualTo("blue\n");
        }
        assertThat(kubectl.run("logs", "deployment/web", "--tail=5").out()).contains("listens");
        assertThat(kubectl.quietly("events")).contains("web");
        kubectl.quietly("rollout", "restart", "deployment/web");
        kubectl.quietly("rollout", "status", "deployment/web", "--timeout=60s");
    }

    private static void creates(Program kubectl) throws Exception {
        kubectl.quietly("create", "configmap", "settings", "--from-literal=a=1");
        kubectl.quietly("create", "secret", "generic", "key", "--from-literal=b=2");
        kubectl.quietly("create", "service", "clusterip", "other", "--tcp=80:8080");
        kubectl.quietly("create", "serviceaccount", "robot");
        kubectl.quietly("expose", "deployment", "web", "--name=exposed", "--port=8000");
        assertThat(kubectl.quietly("get", "configmap,secret,svc,sa", "-o", "name"))
                .contains(
                        "configmap/settings", "secret/key", "service/other", "service/exposed", "serviceaccount/robot");
        assertThat(kubectl.feed(WEB, "replace", "-f", "-").exit())
                .as("a Service's ports may be replaced")
                .isZero();
        assertThat(kubectl.feed(WEB, "delete", "-f", "-", "--timeout=60s").quietly())
                .contains("service \"web\" deleted");
    }

    private static void isRefused(Program kubectl) throws Exception {
        Program.Run unknown =
                kubectl.feed(WEB.replace("selector: {app: web}", "selektor: {app: web}"), "apply", "-f", "-");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.err()).contains("unknown field \"spec.selektor\"");
        Program.Run port = kubectl.feed(WEB.replace("port: 80,", "port: 80000,"), "create", "-f", "-");
        assertThat(port.err())
                .contains("spec.ports[0].port: Invalid value: 80000: must be between 1 and 65535, inclusive");
        assertThat(kubectl.run("get", "widgets").err()).contains("the server doesn't have a resource type \"widgets\"");
    }
}
