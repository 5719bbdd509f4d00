// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.schema.Schema;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The README's example does what the README says. */
class ReadmeTest {
    @Test
    void theExampleIsTrue() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        Schema schema = Schema.load();
        Yaml.Document document = Yaml.read(block(readme, "yaml")).getFirst();
        String told = schema.check(schema.require("v1", "Service"), document.fields()).stream()
                .map(problem -> "shop.yaml:" + document.positions().of(problem.path()) + " " + problem.message() + "\n")
                .collect(Collectors.joining());
        assertThat(told).isEqualTo(block(readme, "text"));
    }

    private static String block(String text, String language) {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(text);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }
}
