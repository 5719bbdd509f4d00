// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where things stand in this repository. */
final class Repository {
    /** Modules that are never shipped and so follow fewer rules. */
    private static final List<String> NOT_SHIPPED =
            List.of("tools/bench", "tools/checks", "tools/contract", "tools/examples");

    private Repository() {}

    /** The folder of the checkout. */
    static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("fairlead"))) {
            at = at.getParent();
        }
        return at;
    }

    /** The folders of shipped modules. */
    static List<Path> modules() {
        try (Stream<Path> poms = Files.find(root(), 3, (path, attributes) -> path.endsWith("pom.xml"))) {
            return poms.map(Path::getParent)
                    .filter(folder -> !folder.equals(root()))
                    .filter(folder ->
                            !NOT_SHIPPED.contains(root().relativize(folder).toString()))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The compiled classes of shipped modules. */
    static List<Path> classFolders() {
        return modules().stream()
                .map(module -> module.resolve("target/classes"))
                .toList();
    }

    /** All files below {@code folder} whose names end with {@code ending}, build output left out. */
    static List<Path> files(Path folder, String ending) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(ending))
                    .filter(file -> !root().relativize(file).toString().matches("(.*/)?(target|\\.git)/.*"))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
