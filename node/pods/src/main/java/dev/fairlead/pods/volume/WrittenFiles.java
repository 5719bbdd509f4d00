// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.volume;

import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.Volume;
import dev.fairlead.pods.environment.PodFields;
import dev.fairlead.pods.environment.Values;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of one volume that are written: decides them all, then brings the directory to that. */
record WrittenFiles(String volume, ContainerSpec container, PodFields fields, Values values, Tokens tokens) {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Content(byte[] bytes, int mode) {}

    void write(Path directory, Volume.Written wanted) throws VolumeProblem, IOException {
        Map<String, Content> files = new LinkedHashMap<>();
        for (Volume.Files each : wanted.files()) {
            switch (each) {
                case Volume.Entries entries -> addEntries(entries, wanted.mode(), files);
                case Volume.Fields(List<Volume.FieldItem> items) -> addFields(items, wanted.mode(), files);
                case Volume.Text(String path, String text) ->
                    files.put(path, new Content(text.getBytes(StandardCharsets.UTF_8), wanted.mode()));
                case Volume.Token token -> addToken(directory, token, wanted.mode(), files);
                case Volume.NoFiles(String what) ->
                    throw new VolumeProblem(
                            true,
                            "volume " + volume + ": projected " + what
                                    + " is not supported here; put what is needed into a secret");
            }
        }
        Set<Path> kept = new HashSet<>();
        for (Map.Entry<String, Content> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey()).normalize();
            if (!path.startsWith(directory)) {
                throw new VolumeProblem(true, "volume " + volume + ": path \"" + file.getKey() + "\" leads out of it");
            }
            kept.add(path);
            replace(path, file.getValue());
        }
        Files.createDirectories(directory);
        removeOthers(directory, kept);
    }

    /** Writes the tokens of a volume whose files are there. */
    void writeTokens(Path directory, Volume.Written wanted) throws VolumeProblem, IOException {
        Map<String, Content> files = new LinkedHashMap<>();
        for (Volume.Files each : wanted.files()) {
            if (each instanceof Volume.Token token) {
                addToken(directory, token, wanted.mode(), files);
            }
        }
        for (Map.Entry<String, Content> file : files.entrySet()) {
            replace(directory.resolve(file.getKey()), file.getValue());
        }
    }

    private void addToken(Path directory, Volume.Token token, int mode, Map<String, Content> files)
            throws VolumeProblem {
        Path file = directory.resolve(token.path()).normalize();
        if (!file.startsWith(directory)) {
            throw new VolumeProblem(true, "volume " + volume + ": path \"" + token.path() + "\" leads out of it");
        }
        String text = tokens.keep(file, token, newer -> replace(file, content(newer, mode)));
        if (text != null) {
            files.put(token.path(), content(text, mode));
        } else if (!token.optional()) {
            throw problem("there is no token yet for service account "
                    + fields.pod().serviceAccount() + "; is there such an account?");
        }
    }

    private static Content content(String text, int mode) {
        return new Content(text.getBytes(StandardCharsets.UTF_8), mode);
    }

    private void addEntries(Volume.Entries entries, int mode, Map<String, Content> files) throws VolumeProblem {
        Values.Entries there = values.entries(entries.secret(), entries.object());
        if (there == null) {
            if (!entries.optional()) {
                throw problem(Values.notFound(entries.secret(), entries.object()));
            }
            return;
        }
        if (entries.items().isEmpty()) {
            there.files().forEach((name, bytes) -> files.put(name, new Content(bytes, mode)));
        }
        for (Volume.Item item : entries.items()) {
            byte[] bytes = there.files().get(item.key());
            if (bytes != null) {
                files.put(item.path(), new Content(bytes, or(item.mode(), mode)));
            } else if (!entries.optional()) {
                throw problem(Values.noKey(entries.secret(), entries.object(), item.key()));
            }
        }
    }

    private void addFields(List<Volume.FieldItem> items, int mode, Map<String, Content> files) throws VolumeProblem {
        for (Volume.FieldItem item : items) {
            String value = item.resource() != null
                    ? fields.resource(item.resource(), container)
                    : fields.fileOf(String.valueOf(item.field()));
            if (value == null) {
                throw problem("file " + item.path() + ": "
                        + (item.resource() != null ? item.resource().resource() : item.field())
                        + " is not something that a pod can ask for");
            }
            files.put(item.path(), new Content(value.getBytes(StandardCharsets.UTF_8), or(item.mode(), mode)));
        }
    }

    private VolumeProblem problem(String what) {
        return new VolumeProblem(false, "volume " + volume + ": " + what);
    }

    private static int or(@Nullable Integer own, int usual) {
        return own == null ? usual : own;
    }

    /** Whoever has the file open keeps the old one; nobody sees half of it. */
    private static void replace(Path path, Content content) throws IOException {
        Files.createDirectories(path.getParent());
        Path beside = path.resolveSibling("..new." + path.getFileName());
        Files.write(beside, content.bytes);
        Files.setPosixFilePermissions(beside, permissions(content.mode));
        Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> all = new HashSet<>();
        PosixFilePermission[] inOrder = PosixFilePermission.values(); // owner, group, others: read, write, execute
        for (int i = 0; i < inOrder.length; i++) {
            if ((mode & 0400 >> i) != 0) {
                all.add(inOrder[i]);
            }
        }
        return all;
    }

    private static void removeOthers(Path directory, Set<Path> kept) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (kept.stream().noneMatch(file -> file.startsWith(path)) && !path.equals(directory)) {
                    Files.delete(path);
                }
            }
        }
    }
}
