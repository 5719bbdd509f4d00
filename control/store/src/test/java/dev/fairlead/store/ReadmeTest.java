// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.store.disk.DiskStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example runs, and is what the README shows. */
final class ReadmeTest {
    @TempDir
    private Path directory;

    @Test
    void theExampleRuns() throws Exception {
        byte[] service = "{}".getBytes(UTF_8);
        byte[] address = "{}".getBytes(UTF_8);
        // example
        try (Store store = DiskStore.open(directory)) {
            Watch watch = store.watch("/registry/", store.revision());

            // Both or neither, at one revision, on disk before it returns.
            long revision = store.commit(List.of(
                    Write.put("/registry/services/specs/default/backend", service, Expect.absent()),
                    Write.put("/registry/ipaddresses/10.96.0.17", address, Expect.absent())));

            Range all = store.prefix("/registry/services/specs/", revision, 500);
            List<Event> events = watch.next(Duration.ofSeconds(1));
            // end
            assertThat(all.entries()).hasSize(1);
            assertThat(events).hasSize(2);
        }
    }

    @Test
    void theReadmeShowsIt() throws Exception {
        String source = Files.readString(Path.of("src/test/java/dev/fairlead/store/ReadmeTest.java"));
        String start = " ".repeat(8) + "// example\n";
        String example = source.substring(source.indexOf(start) + start.length(), source.indexOf("            // end"));
        assertThat(Files.readString(Path.of("README.md"))).contains("```java\n" + example.indent(-8) + "}\n```");
    }
}
