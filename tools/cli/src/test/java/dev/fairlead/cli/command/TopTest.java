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

/** The command line of {@code fairlead top}, against an API whose node cannot be asked. */
final class TopTest {
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
                spec: {ports: [{port: 80}]}
                ---
                apiVersion: v1
                kind: Node
                metadata: {name: far}
                """, "apply", "-f", "-");
    }

    @AfterEach
    void close() {
        terminal.close();
    }

    @Test
    void whereNothingPassedItIsSaidSo() {
        Terminal.Run run = terminal.fairlead("top", "services");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("""
                No connections to Services in namespace default so far.
                Not among them: nodes far, which cannot be asked.
                """);
        assertThat(terminal.fairlead("top", "svc/web", "-o", "json").quietly())
                .contains("\"kind\": \"ServiceTraffic\"")
                .contains("\"items\": []")
                .contains("\"far\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            top svc/wbe                | services "wbe" not found
            top pods/web               | the endpoints of one Service are shown at a time, such as svc/web
            top svc/web -A             | a name with -A
            top svc/web svc/dns        | the endpoints of one Service are shown at a time
            top -o wide                | there are yaml, json
            top --rows=-1              | 1 or more can be shown
            top --agent=here           | is no ADDRESS:PORT, such as 127.0.0.1:10249
            top --agent=127.0.0.1:1    | no agent of fairlead tells at 127.0.0.1:1 what passes
            """)
    void mistakesAreNamed(String words, String said) {
        Terminal.Run run = terminal.fairlead(words.split(" "));

        assertThat(run.out() + run.err()).contains(said);
        assertThat(run.exit()).isOne();
    }
}
