// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods that ask the API as their service account, as clients do that know nothing of Fairlead. */
@Timeout(300)
final class MountedTokensTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PODS = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: robot, namespace: shop}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: robot, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{kind: ServiceAccount, name: robot, namespace: shop}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: robot, namespace: shop}
            spec: {serviceAccountName: robot, terminationGracePeriodSeconds: 1, containers: [{name: c, image: none, command: [sleep, infinity]}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: shy, namespace: shop}
            spec:
              serviceAccountName: robot
              automountServiceAccountToken: false
              terminationGracePeriodSeconds: 1
              containers: [{name: c, image: none, command: [sleep, infinity]}]
            """;
    private static final String CURL = """
            cd /var/run/secrets/kubernetes.io/serviceaccount &&
            curl -sS --cacert ca.crt -H "Authorization: Bearer $(cat token)" \
            https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/$(cat namespace)/pods/robot
            """;

    @TempDir
    private Path home = Path.of("");

    private Kubectl kubectl = new Kubectl(home, home);

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "loopback"})
    void askTheApi(String network) throws Exception {
        Kubectl.needed();
        try (Running running = Running.start(network, home.resolve("data"), "one")) {
            kubectl = new Kubectl(home, running.instance().kubeconfig());
            assertThat(kubectl.run(PODS, "apply", "-f", "-").exit()).isZero();
            for (String pod : new String[] {"robot", "shy"}) {
                Shop.await(
                        pod + " runs",
                        PATIENCE,
                        () -> kubectl.run("", "get", "pod", pod, "-o", "jsonpath={.status.phase}")
                                .out()
                                .equals("Running"));
            }
            if (network.equals("kernel")) {
                assertThat(inside("robot", CURL).out()).containsPattern("\"serviceAccountName\": ?\"robot\"");
                assertThat(inside("robot", "ls -A /var/run/secrets/kubernetes.io/serviceaccount")
                                .out())
                        .contains("ca.crt\n", "namespace\n", "token\n");
                assertThat(inside("shy", "cat /var/run/secrets/kubernetes.io/serviceaccount/token")
                                .exit())
                        .isNotZero();
                // Whether kubectl in a pod finds the API shows that clients of Go do.
                asRobot("unset KUBECONFIG; ");
            } else {
                assertThat(inside("shy", "echo $KUBECONFIG").out()).isEqualTo("\n");
                asRobot("");
            }
        }
    }

    private void asRobot(String before) throws Exception {
        Shop.await(
                "the token's account is there",
                PATIENCE,
                () -> inside("robot", before + "kubectl auth whoami -o jsonpath={.status.userInfo.username}")
                        .out()
                        .equals("system:serviceaccount:shop:robot"));
        assertThat(inside("robot", before + "kubectl get pod robot shy -o name").out())
                .isEqualTo("pod/robot\npod/shy\n");
        assertThat(inside("robot", before + "kubectl get secrets").err()).contains("cannot list resource \"secrets\"");
    }

    private Kubectl.Said inside(String pod, String script) throws IOException, InterruptedException {
        return kubectl.run("", "exec", pod, "--", "sh", "-c", script);
    }
}
