// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How documents are read and compared; what must not match does not. */
final class MarkdownTest {
    private static final Path NAME = Path.of("a.md");

    @Test
    void commandsFilesAndExceptions() {
        Markdown document = Markdown.of("""
                Text.

                ```sh
                export A=1 # why
                kubectl apply -f - <<EOF
                kind: Service
                EOF
                ```
                <!-- only in: kernel, loopback -->
                ```console
                $ kubectl get \\
                    svc
                NAME
                a
                $ true
                ```
                <!-- not run: it is long -->
                ```sh
                ./build
                ```
                <!-- file: b.yaml -->
                ```yaml
                kind: Pod
                ```
                ```
                a picture
                ```
                """.lines().toList(), NAME);
        assertThat(document.steps())
                .containsExactly(
                        new Step(NAME, 4, "export A=1 # why", null, Set.of()),
                        new Step(NAME, 5, "kubectl apply -f - <<EOF\nkind: Service\nEOF", null, Set.of()),
                        new Step(
                                NAME,
                                11,
                                "kubectl get \\\n    svc",
                                List.of("NAME", "a"),
                                Set.of("kernel", "loopback")),
                        new Step(NAME, 15, "true", List.of(), Set.of("kernel", "loopback")));
        assertThat(document.files()).containsEntry("b.yaml", "kind: Pod\n").hasSize(1);
    }

    @Test
    void aCommandThatNothingRunsIsAMistake() {
        assertThatThrownBy(() -> Markdown.of(List.of("```", "./fairlead up", "```"), NAME))
                .hasMessageContaining("./fairlead up")
                .hasMessageContaining("nothing runs");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "service/web   ClusterIP   10.96.1.2   80/TCP   5s     | service/web ClusterIP 127.2.0.9 80/TCP 1m3s | true",
                "service/web   ClusterIP   10.96.1.2   80/TCP   5s     | service/web ClusterIP 127.2.0.9 81/TCP 5s   | false",
                "pod/backend-tx6vjfmfzk-br8pc   1/1   Running   0   2s | pod/backend-ggx946655s-skrkg 1/1 Running 0 9s | true",
                "pod/backend-tx6vjfmfzk-br8pc   1/1   Running   0   2s | pod/backend-ggx946655s-skrkg 0/1 Running 0 9s | false",
                "pod/backend-tx6vjfmfzk-br8pc   1/1   Running   0   2s | pod/backend 1/1 Running 0 9s                | false",
                "80:31978/TCP                                          | 80:30080/TCP                                | true",
                "API https://127.0.0.1:6443 (ready 900 ms after start) | API https://127.0.0.1:4711 (ready 3 ms after start) | true",
                "one … three                                           | one and two and three                       | true",
                "one … three                                           | one and two                                 | false",
            })
    void lines(String shown, String actual, boolean same) {
        assertThat(Shown.matches(List.of(shown), actual + "\n")).isEqualTo(same);
    }

    @Test
    void anyLines() {
        assertThat(Shown.matches(List.of("a", "…", "d"), "a\nb\nc\nd\n")).isTrue();
        assertThat(Shown.matches(List.of("a", "…", "d"), "a\nb\nc\n")).isFalse();
        assertThat(Shown.matches(List.of("a", "b"), "a\nb\nc\n")).isFalse();
        assertThat(Shown.begins(List.of("a", "b"), "a\nb\nc\n")).isTrue();
        assertThat(Shown.matches(List.of(), "")).isTrue();
        assertThat(Shown.matches(List.of(), "surprise\n")).isFalse();
    }
}
