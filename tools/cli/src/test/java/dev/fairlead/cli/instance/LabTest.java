// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.command.Fairlead;
import dev.fairlead.cli.command.session.Surroundings;
import dev.fairlead.kernel.Probe;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code fairlead lab}, from its command line to packets. */
final class LabTest {
    private static final String EXAMPLE =
            LauncherScript.repository().resolve("examples/lab.yaml").toString();

    @TempDir
    private Path scratch = Path.of("");

    private record Run(int exit, String text) {}

    @BeforeAll
    static void possible() {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
    }

    private Run fairlead(String... words) {
        StringWriter text = new StringWriter();
        CommandLine line = Fairlead.line(new Surroundings(Map.of(), scratch, InputStream.nullInputStream()));
        line.setOut(new PrintWriter(text, true)).setErr(new PrintWriter(text, true));
        List<String> all = new ArrayList<>(List.of("lab"));
        all.addAll(List.of(words));
        int exit = line.execute(all.toArray(String[]::new));
        return new Run(exit, text.toString());
    }

    @Test
    void packetsOfTheExampleMeetWhatTheRoutesSay() {
        Run run = fairlead("-f", EXAMPLE, "--nodes=3");
        assertThat(run.text)
                .containsPattern("outside +10.96.0.80:80/tcp +default/web:http +web-a, web-b +web-a, web-b\n")
                .containsPattern("client +10.200.0.2:30053/udp +default/web:dns +web-a, web-b +web-a, web-b\n")
                .containsPattern("outside +10.200.0.1:30081/tcp +default/local +silence: NO_LOCAL_ENDPOINTS +silence\n")
                .containsPattern("outside +10.200.0.2:30081/tcp +default/local +one of web-b +web-b\n")
                .containsPattern("node3 +203.0.113.7:80/tcp +default/local +one of web-b +web-b\n")
                .containsPattern("client +10.96.[0-9.]+:80/tcp +default/empty +refused: NO_ENDPOINTS +refused\n")
                .contains("flows, all of them as the routes say\n");
        assertThat(run.exit).isZero();
    }

    @Test
    void aCommandRunsOnAHostWithItsExitCode() throws Exception {
        Path seen = scratch.resolve("seen");
        Run run = fairlead(
                "-f", EXAMPLE, "run", "web-a", "sh", "-c", "cat /proc/self/net/if_inet6 >" + seen + "; exit 7");
        assertThat(run).isEqualTo(new Run(7, ""));
        assertThat(Files.readString(seen)).contains("fd000010024400010000000000000002");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --nodes=0                | 10.244.1.2 | --nodes=0 must be 1 to 100
            run                      | 10.244.1.2 | say flows, or run HOST COMMAND
            walk                     | 10.244.1.2 | say flows, or run HOST COMMAND
            run nobody true          | 10.244.1.2 | no host "nobody" in this lab; there are node1, outside, client, shop/a
            run client nonexistent-x | 10.244.1.2 | Cannot run program "nonexistent-x"
            flows                    | 10.200.0.9 | the endpoint 10.200.0.9 is in 10.200.0.0/16, where the lab's own hosts are
            flows                    | 10.244.1   | slices.yaml:11:18: endpoints[0].addresses[0]
            """)
    void mistakesAreNamed(String words, String address, String said) throws Exception {
        Path file = Files.writeString(scratch.resolve("slices.yaml"), """
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {ports: [{port: 80}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                endpoints:
                  - {addresses: [%s], nodeName: node1, targetRef: {kind: Pod, namespace: shop, name: a}}
                ports: [{port: 8080}]
                """.formatted(address));
        List<String> all = new ArrayList<>(List.of("-f", file.toString(), "--nodes=1"));
        all.addAll(List.of(words.split(" ")));
        if (words.startsWith("--nodes")) {
            all.remove("--nodes=1");
        }
        Run run = fairlead(all.toArray(String[]::new));
        assertThat(run.text).contains(said).doesNotContain("\tat ");
        assertThat(run.exit).isOne();
    }
}
