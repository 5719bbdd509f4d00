// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pods that declare no port listen where Services aim, also at those that come after them. */
@Timeout(120)
class FollowedServicesTest {
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, labels: {app: web}}
            spec: {containers: [{name: web, image: example/web}]}
            """;

    private FairleadCluster cluster;
    private TestPod pod;
    private String address;

    @BeforeEach
    void play() {
        cluster = FairleadCluster.start(ClusterOptions.usual().withPlainHttp());
        cluster.pods("app=web").serveText("served");
        cluster.apply(POD);
        pod = cluster.pod("web").awaitReady();
        address = pod.address();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static String service(String name, int target) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s}
                spec: {selector: {app: web}, ports: [{port: 80%02d, targetPort: %d}]}
                """.formatted(name, target % 100, target);
    }

    private boolean listens(int port) {
        try (Socket client = new Socket()) {
            client.connect(new InetSocketAddress(address, port));
            return true;
        } catch (ConnectException refused) {
            return false;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Test
    void aServiceThatIsReadyIsServedWheneverItWasMade() throws Exception {
        assertThat(listens(9301)).isFalse();
        for (int target : new int[] {9301, 9302, 9303}) {
            cluster.apply(service("late-" + target, target));
            assertThat(FairleadClusterTest.get(
                            cluster.service("late-" + target).awaitReady().uri()))
                    .isEqualTo("served");
        }
        cluster.apply(service("late-9301", 9304));
        cluster.service("late-9301").awaitReady();
        assertThat(listens(9304)).as("where a changed Service aims").isTrue();
        assertThat(listens(9301)).as("what was open stays open").isTrue();
    }

    @Test
    void aServiceIsHeardOfByItself() {
        cluster.apply(service("headless", 9301).replace("spec: {", "spec: {clusterIP: None, "));
        cluster.await("the pod to listen", () -> listens(9301));
        cluster.pods("app=web").nobody();
        assertThat(listens(9301)).isFalse();
        cluster.apply(service("other", 9302));
        cluster.service("other").awaitReady();
        assertThat(listens(9302)).as("nobody listens").isFalse();
    }

    @Test
    void aPortThatCannotBeHadIsToldInTheLogOnce() throws IOException {
        try (ServerSocket _ = new ServerSocket(9301, 1, InetAddress.ofLiteral(address))) {
            cluster.apply(service("late", 9301), service("later", 9302));
            cluster.service("late").awaitReady();
            cluster.service("later").awaitReady();
            assertThat(listens(9302)).isTrue();
            assertThat(pod.logs())
                    .startsWith("a Service aims at port 9301 of the pod's address " + address)
                    .hasLineCount(1);
        }
    }
}
