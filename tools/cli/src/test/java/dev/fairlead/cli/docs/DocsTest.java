// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.instance.LauncherScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command in the documents is run, against a real instance with the real kubectl, and shows what they show. */
final class DocsTest {
    @TempDir
    private Path scratch = Path.of("");

    /** The documents with commands in them. */
    static List<Path> documents() throws IOException {
        Path root = LauncherScript.repository();
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.find(
                root,
                8,
                (path, attributes) ->
                        attributes.isRegularFile() && path.toString().endsWith(".md"))) {
            for (Path file : files.filter(path -> !path.toString().contains("/target/"))
                    .sorted()
                    .toList()) {
                Path name = root.relativize(file);
                if (!Markdown.read(file, name).steps().isEmpty()) {
                    found.add(name);
                }
            }
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void doesWhatItSays(Path name) throws Exception {
        Markdown document = Markdown.read(LauncherScript.repository().resolve(name), name);
        try (Reader reader = new Reader(scratch)) {
            Assumptions.assumeTrue(reader.installed("kubectl"), "no kubectl on this machine");
            reader.save(document.files());
            for (Step step : document.steps()) {
                reader.follow(step);
            }
        }
    }

    @Test
    void theReadmeAndTheGuideAreAmongThem() throws Exception {
        assertThat(documents()).contains(Path.of("README.md"), Path.of("docs/guide.md"));
    }
}
