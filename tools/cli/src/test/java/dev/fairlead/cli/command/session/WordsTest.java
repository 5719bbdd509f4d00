// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.cli.command.Failure;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What single words on the command line mean. */
class WordsTest {
    @TempDir
    private Path home;

    @ParameterizedTest
    @CsvSource({"5s,5", "2m,120", "1h30m,5400", "1.5h,5400", "500ms,1", "1s1ms,2"})
    void durations(String text, long seconds) {
        assertThat(Durations.seconds("--since", text)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource({"5", "m", "-5s", "0s", "5s6", "5 s", "1d"})
    void noDurations(String text) {
        assertThatThrownBy(() -> Durations.seconds("--since", text))
                .isInstanceOf(Failure.class)
                .hasMessage("--since " + text + ": a duration such as 30s, 5m or 1h30m is expected");
    }

    @ParameterizedTest
    @CsvSource({
        "prots, ports",
        "targetport, targetPort",
        "port, port",
        "nodePrt, nodePort",
        "zzz, ''",
    })
    void nearest(String word, String meant) {
        assertThat(Nearest.of(word, List.of("port", "ports", "targetPort", "nodePort"))
                        .orElse(""))
                .isEqualTo(meant);
    }

    @Test
    void theFirstKubeconfigThereIs() throws Exception {
        Path kubectls =
                Files.createFile(Files.createDirectories(home.resolve(".kube")).resolve("config"));
        assertThat(KubeconfigFile.find(null, around(""))).isEqualTo(kubectls);
        Path own = Files.createFile(
                Files.createDirectories(home.resolve(".fairlead")).resolve("kubeconfig"));
        assertThat(KubeconfigFile.find(null, around(""))).isEqualTo(own);
        Path other = Files.createFile(home.resolve("other"));
        assertThat(KubeconfigFile.find(null, around("/not/there:" + other))).isEqualTo(other);
        assertThat(KubeconfigFile.find(kubectls, around(other.toString()))).isEqualTo(kubectls);
        assertThatThrownBy(() -> KubeconfigFile.find(null, around("/not/there")))
                .hasMessage("no kubeconfig: KUBECONFIG names /not/there, which is not there; start ./fairlead up, which"
                        + " writes one, or use --kubeconfig FILE");
    }

    private Surroundings around(String variable) {
        Map<String, String> environment = variable.isEmpty() ? Map.of() : Map.of("KUBECONFIG", variable);
        return new Surroundings(environment, home, InputStream.nullInputStream());
    }
}
