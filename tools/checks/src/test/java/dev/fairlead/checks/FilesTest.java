// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Rules about files: every package explains itself, every link in the docs leads somewhere, names say what things are. */
class FilesTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
    private static final Pattern BAD_NAME =
            Pattern.compile(".*(Impl|Manager|Helper|Utils?|Abstract\\w*|Base)\\.java|I[A-Z]\\w*Store\\.java");

    @Test
    void everyPackageExplainsItself() {
        List<Path> missing = new ArrayList<>();
        for (Path module : Repository.modules()) {
            for (Path source : Repository.files(module.resolve("src/main/java"), ".java")) {
                Path folder = source.getParent();
                boolean named = !source.endsWith("module-info.java");
                if (named && !Files.exists(folder.resolve("package-info.java")) && !missing.contains(folder)) {
                    missing.add(folder);
                }
            }
        }
        assertThat(missing).as("packages without package-info.java").isEmpty();
    }

    @Test
    void everyModuleHasAReadme() {
        assertThat(Repository.modules())
                .allSatisfy(module -> assertThat(module.resolve("README.md"))
                        .as("one sentence, an example, limits")
                        .exists());
    }

    @Test
    void linksInTheDocsLeadSomewhere() {
        List<String> broken = new ArrayList<>();
        for (Path page : Repository.files(Repository.root(), ".md")) {
            Matcher links = LINK.matcher(Repository.text(page));
            while (links.find()) {
                String target = links.group(1);
                if (!target.contains("://") && !Files.exists(page.resolveSibling(target))) {
                    broken.add(Repository.root().relativize(page) + " → " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void namesSayWhatThingsAre() {
        assertThat(Repository.files(Repository.root(), ".java"))
                .noneMatch(
                        file -> BAD_NAME.matcher(file.getFileName().toString()).matches());
    }

    /** A test waits for a condition and fails at a deadline; between two looks it may {@code LockSupport.parkNanos}. */
    @Test
    void testsDoNotSleep() {
        String sleep = "Thread." + "sleep(";
        assertThat(Repository.files(Repository.root(), ".java"))
                .filteredOn(file -> file.toString().contains("/src/test/"))
                .filteredOn(file -> Repository.text(file).contains(sleep))
                .isEmpty();
    }

    @Test
    void everySourceNamesItsLicence() {
        assertThat(Repository.files(Repository.root(), ".java"))
                .filteredOn(file -> !file.endsWith("package-info.java") && !file.endsWith("module-info.java"))
                .allSatisfy(
                        file -> assertThat(Repository.text(file)).startsWith("// SPDX-License-Identifier: Apache-2.0"));
    }
}
