// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line of {@code fairlead explain}, against an API without nodes. */
final class ExplainTest {
    @TempDir
    private Path home = Path.of("");

    private Terminal terminal;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        terminal = new Terminal(home);
        terminal.feed("""
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec:
                  type: NodePort
                  clusterIP: 10.96.0.77
                  selector: {app: web}
                  ports: [{port: 80, nodePort: 30080}]
                """, "apply", "-f", "-");
    }

    @AfterEach
    void close() {
        terminal.close();
    }

    @ParameterizedTest
    @CsvSource({
        "svc/web",
        "web",
        "service web",
        "svc/web --port 80",
        "10.96.0.77",
        "10.96.0.77:80",
        "node-port 30080",
        "192.0.2.1:30080"
    })
    void everyWayToNameTheServiceFindsIt(String words) {
        Terminal.Run run = terminal.fairlead(("explain " + words).split(" "));

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isOne();
        assertThat(run.out())
                .startsWith("Service default/web does not work\n")
                .contains("selector app=web matches no pod; there are no pods in namespace default");
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        assertThat(terminal.fairlead("explain", "svc/wbe").out()).contains("did you mean web?");
        assertThat(terminal.fairlead("explain", "svc/web", "-n", "shop").out())
                .contains("there is no Service web in namespace shop; there is one in default");
        assertThat(terminal.fairlead("explain", "10.96.0.78:80").out())
                .contains("no Service has the address 10.96.0.78, though it is one of those for Services");
        assertThat(terminal.fairlead("explain", "node-port", "30081").out()).contains("no Service has node port 30081");
    }

    @Test
    void aNameIsFollowedThroughTheSearchPathOfItsPod() {
        terminal.feed("""
                apiVersion: v1
                kind: Pod
                metadata: {name: client}
                spec: {containers: [{name: main, image: none}]}
                """, "apply", "-f", "-");
        Terminal.Run found = terminal.fairlead("explain", "dns", "web", "--from", "pod/client");
        assertThat(found.out())
                .startsWith("Name web is found, looked up by a pod of namespace default\n")
                .containsPattern(
                        "web\\.default\\.svc\\.cluster\\.local\\. +10\\.96\\.0\\.77 \\(Service default/web, revision [0-9]+\\)")
                .contains("may remember for 30 s that it was not");
        assertThat(terminal.fairlead("explain", "dns", "web").out())
                .contains("is no name of the cluster", "only pods have a search path");
        assertThat(found.exit()).isZero();
        Terminal.Run elsewhere = terminal.fairlead("explain", "dns", "web.shop.svc.cluster.local");
        assertThat(elsewhere.out()).contains("there is one in default: look up web.default");
        assertThat(elsewhere.exit()).isOne();
    }

    @Test
    void theStructuredFormsSayTheSame() {
        assertThat(terminal.fairlead("explain", "web", "-o", "json").out())
                .contains("\"cause\": \"NoPodMatches\"")
                .contains("\"verdict\": \"broken\"");
        assertThat(terminal.fairlead("explain", "web", "-o", "yaml").out())
                .contains("cause: NoPodMatches")
                .contains("kind: Explanation");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            explain                             | what? Name a Service
            explain pods/web                    | one Service is explained at a time
            explain svc                         | there is no Service svc
            explain node-port                   | node-port takes one number
            explain node-port 99999             | "99999" is no port
            explain 10.96.0.77:http             | "http" is no port
            explain 10.96.0.77:80 --port 80     | write ADDRESS:PORT
            explain svc/web --from node/one     | a pod is expected
            explain dns web --from pod/nobody   | there is no pod nobody in namespace default
            explain dns a..b                    | not a domain name
            explain dns web --port 80           | --port with an address or a name
            explain dns web -o json             | -o with a name
            explain svc/web -o wide             | there are yaml, json
            """)
    void mistakesAreNamed(String words, String said) {
        Terminal.Run run = terminal.fairlead(words.split(" "));

        assertThat(run.out() + run.err()).contains(said);
        assertThat(run.exit()).isOne();
    }
}
