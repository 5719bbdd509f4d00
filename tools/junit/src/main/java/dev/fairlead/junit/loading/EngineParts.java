// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.loading;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the server's classes are. In this library's jar they lie as jars of their own; a JVM reads jars from files only, so
 * they are copied to the user's cache folder once for each version. In a build of Fairlead itself a class path is noted
 * instead.
 */
final class EngineParts {
    private static final String FOLDER = "/META-INF/fairlead/";
    private static final String INDEX = FOLDER + "lib/index";
    private static final String CLASS_PATH = FOLDER + "class-path";

    private EngineParts() {}

    /** All parts, this library's own first: the engine is in it. */
    static List<URL> find() throws IOException {
        List<URL> parts = new ArrayList<>();
        parts.add(own().toUri().toURL());
        List<String> index = lines(INDEX);
        if (index != null) {
            Path folder = unpacked(index);
            for (String jar : jars(index)) {
                parts.add(folder.resolve(jar).toUri().toURL());
            }
            return parts;
        }
        List<String> classPath = lines(CLASS_PATH);
        if (classPath == null) {
            throw new IOException("the jar of fairlead-junit is incomplete: " + INDEX + " is missing in it");
        }
        for (String entry : String.join("", classPath).split(File.pathSeparator, -1)) {
            if (!entry.isBlank()) {
                parts.add(url(Path.of(entry.strip())));
            }
        }
        return parts;
    }

    private static URL url(Path path) throws MalformedURLException {
        return path.toUri().toURL();
    }

    private static Path own() throws IOException {
        try {
            return Path.of(EngineParts.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IOException("where fairlead-junit is loaded from is no place of a file", impossible);
        }
    }

    private static @Nullable List<String> lines(String resource) throws IOException {
        try (InputStream found = EngineParts.class.getResourceAsStream(resource)) {
            return found == null
                    ? null
                    : new String(found.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList();
        }
    }

    /** The index's first line names the contents: a sum over all of them. */
    private static List<String> jars(List<String> index) {
        return index.subList(1, index.size());
    }

    private static Path unpacked(List<String> index) throws IOException {
        Path folder = cache().resolve("junit-" + index.getFirst());
        if (Files.isDirectory(folder)) {
            return folder;
        }
        Files.createDirectories(cache());
        Path fresh = Files.createTempDirectory(cache(), "unpacking-");
        for (String jar : jars(index)) {
            try (InputStream from = EngineParts.class.getResourceAsStream(FOLDER + "lib/" + jar)) {
                if (from == null) {
                    throw new IOException("the jar of fairlead-junit is incomplete: " + jar + " is missing in it");
                }
                Files.copy(from, fresh.resolve(jar));
            }
        }
        try {
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException another) {
            if (!(another instanceof FileAlreadyExistsException) && !Files.isDirectory(folder)) {
                throw another;
            }
            remove(fresh); // another JVM was first
        }
        return folder;
    }

    private static Path cache() {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path base = configured == null || configured.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(configured);
        Path usual = base.resolve("fairlead");
        try {
            Files.createDirectories(usual);
            return usual;
        } catch (IOException readOnly) {
            return Path.of(System.getProperty("java.io.tmpdir"), "fairlead-" + System.getProperty("user.name"));
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException left) {
                    throw new UncheckedIOException(left);
                }
            });
        }
        Files.delete(folder);
    }
}
