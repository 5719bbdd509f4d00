// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's libraries are nowhere on the class path of a test, which has others of the same names. */
@Fairlead
class NeighboursTest {
    @Test
    void theOfficialClientIsGivenToo(FairleadCluster cluster, ApiClient client) throws Exception {
        assertThat(new CoreV1Api(client).readNamespace("default").execute().getStatus())
                .isNotNull();
        assertThat(client.getBasePath()).isEqualTo(cluster.api().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.fairlead.apiserver.ApiServer",
                "dev.fairlead.cli.Main",
                "picocli.CommandLine",
                "com.google.re2j.Pattern",
                "org.sqlite.JDBC"
            })
    void nothingOfTheServerIsSeen(String name) {
        assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void theTestsVertxIsItsOwn() {
        assertThat(List.of(Vertx.class.getMethods()))
                .as("Vert.x 4, whose successor has no such method")
                .anyMatch(method -> method.getName().equals("executeBlocking")
                        && method.getParameterTypes()[0].getSimpleName().equals("Handler"));
    }
}
