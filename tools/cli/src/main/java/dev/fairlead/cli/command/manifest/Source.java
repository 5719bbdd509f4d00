// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.manifest;

import dev.fairlead.cli.command.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A text with objects in it.
 *
 * @param name the file as the user called it, or {@code standard input}
 */
public record Source(String name, String text) {
    private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json");

    /**
     * The texts that {@code -f} names: files, the YAML and JSON files of folders in the order of their names, and {@code -}.
     *
     * @param recursive whether folders within folders count
     * @throws Failure naming what is not there or cannot be read
     */
    public static List<Source> read(List<String> names, boolean recursive, InputStream input) {
        if (names.isEmpty()) {
            throw new Failure("what? Name a file or folder with -f FILE, or -f - for standard input");
        }
        List<Source> sources = new ArrayList<>();
        for (String name : names) {
            if (name.equals("-")) {
                sources.add(new Source("standard input", text(input)));
            } else {
                files(name, recursive).forEach(file -> sources.add(new Source(file.toString(), text(file))));
            }
        }
        return sources;
    }

    private static List<Path> files(String name, boolean recursive) {
        if (name.startsWith("http://") || name.startsWith("https://")) {
            throw new Failure("-f " + name + ": files are read from this machine only; fetch it first: curl -L " + name
                    + " | fairlead apply -f -");
        }
        Path path = Path.of(name);
        if (!Files.exists(path)) {
            throw new Failure("-f " + name + ": there is no such file or folder");
        }
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> inside = Files.walk(path, recursive ? Integer.MAX_VALUE : 1)) {
            List<Path> files = inside.filter(Files::isRegularFile)
                    .filter(file -> ENDINGS.stream().anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new Failure("-f " + name + ": no .yaml, .yml or .json file in this folder"
                        + (recursive ? "" : "; -R looks into the folders in it, too"));
            }
            return files;
        } catch (IOException broken) {
            throw new Failure("-f " + name + ": cannot read this folder: " + broken.getMessage(), broken);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (java.nio.charset.CharacterCodingException notText) {
            throw new Failure("-f " + file + ": not a text in UTF-8", notText);
        } catch (IOException broken) {
            throw new Failure("-f " + file + ": cannot read this file; is it yours to read?", broken);
        }
    }

    private static String text(InputStream input) {
        try {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new Failure("-f -: cannot read standard input: " + broken.getMessage(), broken);
        }
    }
}
