// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.definition;

import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files that containers of a pod may have mounted.
 *
 * @param name by which containers mount it
 */
public record Volume(String name, Source source) {
    /** Where the files come from. */
    public sealed interface Source {}

    /** A directory that is empty at first and goes with the pod. */
    public record EmptyDir() implements Source {}

    /**
     * A file or directory of the node.
     *
     * @param type what must be there, such as {@code Directory} or {@code DirectoryOrCreate}; empty for anything
     */
    public record HostPath(String path, String type) implements Source {}

    /** Files that are written when a container starts; {@code mode} is that of files which do not say their own. */
    public record Written(List<Files> files, int mode) implements Source {}

    /** A source that nothing here can give. */
    public record Unsupported(String what) implements Source {}

    /** What is written into a volume. */
    public sealed interface Files {}

    /** Entries of a ConfigMap or Secret; without items all of them, each in a file of its name. */
    public record Entries(boolean secret, String object, List<Item> items, boolean optional) implements Files {}

    /** Fields of the pod. */
    public record Fields(List<FieldItem> items) implements Files {}

    /**
     * A token of the pod's service account, which is written anew before it ends.
     *
     * @param audience whom it is for; empty for the API
     * @param seconds how long it is good
     * @param optional whether containers start without it when there is none yet
     */
    public record Token(String path, String audience, long seconds, boolean optional) implements Files {}

    /** A text of the node's. */
    public record Text(String path, String text) implements Files {}

    /** A projected source that nothing here can give. */
    public record NoFiles(String what) implements Files {}

    /** One entry and the file that it becomes; {@code mode} is null for the volume's. */
    public record Item(String key, String path, @Nullable Integer mode) {}

    /** One field (null: {@code resource} is meant) and the file that it becomes. */
    public record FieldItem(
            String path,
            @Nullable String field,
            @Nullable ResourceField resource,
            @Nullable Integer mode) {}

    private static final int USUAL_MODE = 0644;
    private static final long USUAL_SECONDS = 3_600;

    static Volume from(Tree volume) {
        return new Volume(volume.text("name", ""), source(volume));
    }

    private static Source source(Tree volume) {
        if (volume.has("emptyDir") || volume.fields().size() == 1) {
            return new EmptyDir(); // which a volume without a source is too
        }
        if (volume.has("hostPath")) {
            Tree path = volume.tree("hostPath");
            return new HostPath(path.text("path", ""), path.text("type", ""));
        }
        for (String kind : List.of("configMap", "secret", "downwardAPI")) {
            if (volume.has(kind)) {
                Tree tree = volume.tree(kind);
                return new Written(List.of(files(kind, tree)), mode(tree));
            }
        }
        if (volume.has("projected")) {
            Tree projected = volume.tree("projected");
            List<Files> all = new ArrayList<>();
            projected
                    .trees("sources")
                    .forEach(source ->
                            source.fields().keySet().forEach(kind -> all.add(files(kind, source.tree(kind)))));
            return new Written(List.copyOf(all), mode(projected));
        }
        return new Unsupported(volume.fields().keySet().stream()
                .filter(field -> !field.equals("name"))
                .findFirst()
                .orElse(""));
    }

    private static int mode(Tree tree) {
        return (int) tree.whole("defaultMode", USUAL_MODE);
    }

    private static Files files(String kind, Tree tree) {
        boolean secret = kind.equals("secret");
        return switch (kind) {
            case "configMap", "secret" ->
                new Entries(
                        secret,
                        tree.text("name", tree.text("secretName", "")),
                        tree.trees("items").stream()
                                .map(item -> new Item(item.text("key", ""), item.text("path", ""), ownMode(item)))
                                .toList(),
                        tree.truth("optional", false));
            case "downwardAPI" ->
                new Fields(tree.trees("items").stream().map(Volume::field).toList());
            case "serviceAccountToken" ->
                new Token(
                        tree.text("path", ""),
                        tree.text("audience", ""),
                        tree.whole("expirationSeconds", USUAL_SECONDS),
                        false);
            default -> new NoFiles(kind);
        };
    }

    private static FieldItem field(Tree item) {
        return new FieldItem(
                item.text("path", ""),
                item.has("fieldRef") ? item.tree("fieldRef").text("fieldPath", "") : null,
                item.has("resourceFieldRef") ? ResourceField.from(item.tree("resourceFieldRef")) : null,
                ownMode(item));
    }

    private static @Nullable Integer ownMode(Tree item) {
        return item.has("mode") ? (int) item.whole("mode", USUAL_MODE) : null;
    }
}
