// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A StatefulSet whose pods are processes: names that stay, found by DNS, rolled out and back by the real kubectl. */
@Timeout(300)
final class StatefulPodsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DB = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: db, namespace: shop}
            spec: {clusterIP: None, selector: {app: db}, ports: [{name: http, port: 8080}]}
            ---
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: shop}
            spec:
              replicas: 3
              serviceName: db
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: db
                    image: fairlead.dev/echo
                    env:
                    - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                    readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}
            """;

    @TempDir
    private Path home = Path.of("");

    private Kubectl kubectl = new Kubectl(home, home);

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "loopback"})
    void live(String network) throws Exception {
        Kubectl.needed();
        try (Running running = Running.start(network, home.resolve("data"), "one")) {
            kubectl = new Kubectl(home, running.instance().kubeconfig());
            said(kubectl.run(DB, "apply", "-f", "-"));
            rolledOut();
            assertThat(pods()).isEqualTo("db-0 db-1 db-2");
            assertThat(said(kubectl.run("", "get", "sts", "db", "--no-headers")).replaceAll(" +", " "))
                    .matches("db 3/3 \\d+m?\\d*s\n");
            if (network.equals("kernel")) {
                String address = said(kubectl.run("", "get", "pod", "db-1", "-o", "jsonpath={.status.podIP}"));
                assertThat(said(kubectl.run("", "exec", "db-0", "--", "getent", "hosts", "db-1.db")))
                        .startsWith(address)
                        .contains("db-1.db.shop.svc.cluster.local");
                assertThat(said(kubectl.run("", "exec", "db-2", "--", "hostname")))
                        .isEqualTo("db-2\n");
            }
            replaced();
            if (network.equals("loopback")) {
                scaled();
                rolled();
            }
            said(kubectl.run("", "delete", "sts", "db"));
            Shop.await("no pods", PATIENCE, () -> pods().isEmpty());
        }
    }

    private void scaled() throws Exception {
        said(kubectl.run("", "scale", "sts", "db", "--replicas=1"));
        Shop.await("only the first", PATIENCE, () -> pods().equals("db-0"));
        said(kubectl.run("", "scale", "sts", "db", "--replicas=3"));
        rolledOut();
        assertThat(pods()).isEqualTo("db-0 db-1 db-2");
    }

    private void replaced() throws Exception {
        String before = uid();
        said(kubectl.run("", "delete", "pod", "db-1"));
        Shop.await("another pod of that name", PATIENCE, () -> {
            String now = kubectl.run("", "get", "pod", "db-1", "-o", "jsonpath={.metadata.uid}")
                    .out();
            return !now.isEmpty() && !now.equals(before);
        });
        rolledOut();
    }

    private void rolled() throws Exception {
        String before = uid();
        said(kubectl.run("", "rollout", "restart", "sts", "db"));
        rolledOut();
        assertThat(uid()).isNotEqualTo(before);
        said(kubectl.run("", "set", "env", "sts/db", "VERSION=2"));
        rolledOut();
        assertThat(said(kubectl.run("", "rollout", "history", "sts", "db")).replaceAll(" +", " "))
                .isEqualTo("statefulset.apps/db \nREVISION CHANGE-CAUSE\n1 <none>\n2 <none>\n3 <none>\n\n");
        assertThat(said(kubectl.run("", "rollout", "undo", "sts", "db")))
                .isEqualTo("statefulset.apps/db rolled back\n");
        rolledOut();
        assertThat(said(kubectl.run("", "get", "pod", "db-0", "-o", "jsonpath={.spec.containers[0].env[*].name}")))
                .isEqualTo("POD_NAME POD_IP");
        assertThat(said(kubectl.run("", "get", "controllerrevisions", "-o", "jsonpath={.items[*].revision}"))
                        .split(" "))
                .containsExactlyInAnyOrder("1", "3", "4");
    }

    private void rolledOut() throws Exception {
        assertThat(said(kubectl.run("", "rollout", "status", "sts", "db", "--timeout=55s")))
                .containsAnyOf("partitioned roll out complete", "rolling update complete 3 pods");
    }

    private String pods() throws java.io.IOException, InterruptedException {
        return said(kubectl.run("", "get", "pods", "-o", "jsonpath={.items[*].metadata.name}"));
    }

    private String uid() throws java.io.IOException, InterruptedException {
        return said(kubectl.run("", "get", "pod", "db-1", "-o", "jsonpath={.metadata.uid}"));
    }

    /** What a run printed, which must have succeeded without a warning. */
    private static String said(Kubectl.Said said) {
        assertThat(said.err()).isEmpty();
        assertThat(said.exit()).isZero();
        return said.out();
    }
}
