// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.loading;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * Where the server's classes are. In this library's jar they lie unpacked, below a folder where no class loader of the test finds
 * them. In a build of Fairlead itself a class path is noted instead.
 */
sealed interface Source {
    /** Below this folder of the jar lies what the server is made of. */
    String FOLDER = "META-INF/fairlead/server/";

    /** The file that notes the class path of a build. */
    String CLASS_PATH = "META-INF/fairlead/class-path";

    /** The engine lies beside the types that tests see, but is the server's. */
    String ENGINE = "dev/fairlead/junit/engine/";

    /** The bytes of a file, such as {@code io/netty/channel/Channel.class}; null when it is not there. */
    byte @Nullable [] bytes(String path) throws IOException;

    /** Where a file is; null when it is nowhere. */
    @Nullable
    URL find(String path);

    /** Finds out which of both this is. */
    static Source here() throws IOException {
        Path own = own();
        return Files.isDirectory(own) ? new Noted(own) : new Carried(new JarFile(own.toFile()));
    }

    private static Path own() throws IOException {
        try {
            return Path.of(Source.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IOException("where fairlead-junit is loaded from is no place of a file", impossible);
        }
    }

    /** This library's jar. */
    final class Carried implements Source {
        private final JarFile jar;

        Carried(JarFile jar) {
            this.jar = jar;
        }

        private static String place(String path) {
            return path.startsWith(ENGINE) ? path : FOLDER + path;
        }

        @Override
        public byte @Nullable [] bytes(String path) throws IOException {
            ZipEntry entry = jar.getEntry(place(path));
            if (entry == null) {
                return null;
            }
            try (InputStream content = jar.getInputStream(entry)) {
                return content.readAllBytes();
            }
        }

        @Override
        public @Nullable URL find(String path) {
            return Source.class.getResource("/" + place(path));
        }
    }

    /** Folders of classes, and jars. */
    final class Noted implements Source {
        private final URLClassLoader entries;

        Noted(Path own) throws IOException {
            Path note = own.resolve(CLASS_PATH);
            if (!Files.exists(note)) {
                throw new IOException(note + " is missing: this folder was not built by the project's own build");
            }
            List<URL> urls = new ArrayList<>(List.of(own.toUri().toURL()));
            for (String entry :
                    Files.readString(note, StandardCharsets.UTF_8).strip().split(File.pathSeparator, -1)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            entries = new URLClassLoader(urls.toArray(URL[]::new), null);
        }

        @Override
        public byte @Nullable [] bytes(String path) throws IOException {
            try (InputStream content = entries.getResourceAsStream(path)) {
                return content == null ? null : content.readAllBytes();
            }
        }

        @Override
        public @Nullable URL find(String path) {
            return entries.findResource(path);
        }
    }
}
