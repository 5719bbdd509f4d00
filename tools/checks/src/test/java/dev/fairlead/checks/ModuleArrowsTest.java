// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who may see whom. The list is short on purpose: a new arrow is a decision, made here and nowhere else. */
class ModuleArrowsTest {
    private static final Map<String, String> ARROWS = Map.ofEntries(
            Map.entry("core", ""),
            Map.entry("wire", "core"),
            Map.entry("store", ""),
            Map.entry("apiserver", "core store wire"),
            Map.entry("client", "core wire"),
            Map.entry("controllers", "client core wire"),
            Map.entry("kernel", ""),
            Map.entry("dataplane", "core kernel wire"),
            Map.entry("dns", "core kernel wire"),
            Map.entry("pods", "client core kernel wire"),
            Map.entry("agent", "client core dataplane dns kernel pods wire"),
            Map.entry("cli", "agent apiserver client controllers core dataplane dns kernel pods store wire"),
            Map.entry("junit", "agent apiserver cli client controllers core dataplane dns kernel pods store wire"));

    private static final Map<String, String> THIRD_PARTY = Map.ofEntries(
            Map.entry("wire", "org.snakeyaml.engine re2j tools.jackson.core"),
            Map.entry("store", "org.xerial.sqlitejdbc"),
            Map.entry("apiserver", "io.vertx.core io.netty.* org.bouncycastle.*"),
            Map.entry("cli", "info.picocli"),
            Map.entry("junit", "org.junit.jupiter.api org.assertj.core"));

    @Test
    void modulesSeeOnlyWhomTheyMay() {
        Map<String, String> found = new TreeMap<>();
        Map<String, String> foreign = new TreeMap<>();
        modules().forEach((name, module) -> {
            found.put(name, ours(module));
            foreign.put(name, theirs(module));
        });
        assertThat(found.keySet()).as("every module is named here").isEqualTo(ARROWS.keySet());
        found.forEach((name, arrows) -> assertThat(words(ARROWS.get(name)))
                .as("%s requires %s; why each arrow is there: docs/architecture.md", name, arrows)
                .containsAll(words(arrows)));
        foreign.forEach((name, libraries) -> assertThat(words(libraries))
                .as("libraries of %s; a new one needs a decision record", name)
                .allMatch(library -> words(THIRD_PARTY.getOrDefault(name, "")).stream()
                        .anyMatch(allowed -> library.equals(allowed)
                                || allowed.endsWith("*")
                                        && library.startsWith(allowed.substring(0, allowed.length() - 1)))));
    }

    private static Map<String, ModuleDescriptor> modules() {
        return Repository.classFolders().stream()
                .map(ModuleArrowsTest::module)
                .collect(Collectors.toMap(
                        module -> module.name().replace("dev.fairlead.", ""),
                        module -> module,
                        (a, b) -> a,
                        TreeMap::new));
    }

    private static ModuleDescriptor module(Path classes) {
        return ModuleFinder.of(classes).findAll().stream()
                .map(ModuleReference::descriptor)
                .findFirst()
                .orElseThrow(() -> new AssertionError(classes + " has no module-info"));
    }

    private static String ours(ModuleDescriptor module) {
        return module.requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> name.startsWith("dev.fairlead."))
                .map(name -> name.replace("dev.fairlead.", ""))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static String theirs(ModuleDescriptor module) {
        return module.requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> !name.startsWith("dev.fairlead.")
                        && !name.startsWith("java.")
                        && !name.startsWith("jdk.")
                        && !name.equals("org.jspecify"))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static Set<String> words(String text) {
        return text.isEmpty() ? Set.of() : new TreeSet<>(Set.of(text.split(" ")));
    }
}
