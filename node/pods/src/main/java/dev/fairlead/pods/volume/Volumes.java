// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.volume;

import dev.fairlead.kernel.namespace.BindMount;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.Volume;
import dev.fairlead.pods.definition.VolumeMount;
import dev.fairlead.pods.environment.Expansion;
import dev.fairlead.pods.environment.PodFields;
import dev.fairlead.pods.environment.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The volumes of one pod, as one container is about to start. Blocks. */
public final class Volumes {
    private final Path folder;
    private final PodFields fields;
    private final Values values;
    private final Tokens tokens;

    /**
     * Touches nothing yet.
     *
     * @param folder the pod's own; volumes lie in {@code volumes/<name>} below it
     */
    public Volumes(Path folder, PodFields fields, Values values, Tokens tokens) {
        this.folder = folder.resolve("volumes");
        this.fields = fields;
        this.values = values;
        this.tokens = tokens;
    }

    /**
     * Prepares what {@code container} mounts, in the order in which it is to be mounted.
     *
     * @param variables of the container, for {@code subPathExpr}
     * @throws VolumeProblem naming the volume or mount, and what would be right
     * @throws IOException when the pod's own directory cannot be written
     */
    public List<BindMount> of(ContainerSpec container, Map<String, String> variables)
            throws VolumeProblem, IOException {
        List<BindMount> mounts = new ArrayList<>();
        for (VolumeMount mount : container.mounts()) {
            Volume volume = fields.pod().volumes().stream()
                    .filter(one -> one.name().equals(mount.volume()))
                    .findFirst()
                    .orElseThrow(() -> new VolumeProblem(
                            true,
                            "volumeMounts of container " + container.name() + ": the pod has no volume \""
                                    + mount.volume() + "\""));
            Path source = source(volume, container);
            Path shown = subPath(volume, source, mount, variables);
            boolean written = volume.source() instanceof Volume.Written;
            mounts.add(new BindMount(shown, target(container, mount, shown), mount.readOnly() || written));
        }
        return mounts;
    }

    /**
     * Writes a volume that the pod does not name.
     *
     * @return where its files are
     * @throws VolumeProblem what {@link #of} would tell
     * @throws IOException when the pod's own directory cannot be written
     */
    public Path prepare(Volume volume, ContainerSpec container) throws VolumeProblem, IOException {
        return source(volume, container);
    }

    /**
     * Takes care again of the tokens in these volumes, whose files an earlier life of the node has written.
     *
     * @throws VolumeProblem what {@link #of} would tell
     * @throws IOException when the pod's own directory cannot be written
     */
    public void keepTokens(List<Volume> mounted, ContainerSpec container) throws VolumeProblem, IOException {
        for (Volume volume : mounted) {
            Path own = folder.resolve(volume.name());
            if (volume.source() instanceof Volume.Written written && Files.isDirectory(own)) {
                files(volume, container).writeTokens(own, written);
            }
        }
    }

    private WrittenFiles files(Volume volume, ContainerSpec container) {
        return new WrittenFiles(volume.name(), container, fields, values, tokens);
    }

    private Path source(Volume volume, ContainerSpec container) throws VolumeProblem, IOException {
        Path own = folder.resolve(volume.name());
        return switch (volume.source()) {
            case Volume.EmptyDir _ -> {
                if (!Files.isDirectory(own)) {
                    Files.createDirectories(own);
                    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxrwxrwx"));
                }
                yield own.toAbsolutePath();
            }
            case Volume.HostPath host -> hostPath(volume.name(), host);
            case Volume.Written written -> {
                files(volume, container).write(own, written);
                yield own.toAbsolutePath();
            }
            case Volume.Unsupported(String what) ->
                throw new VolumeProblem(
                        true,
                        "volume " + volume.name() + ": " + what
                                + " is not supported here; use hostPath for files that stay, emptyDir for those of the"
                                + " pod's life, configMap or secret for given ones");
        };
    }

    private static Path hostPath(String volume, Volume.HostPath host) throws VolumeProblem, IOException {
        Path path = Path.of(host.path());
        boolean there = switch (host.type()) {
            case "DirectoryOrCreate" -> {
                Files.createDirectories(path);
                yield Files.isDirectory(path);
            }
            case "FileOrCreate" -> {
                if (!Files.exists(path)) {
                    Files.createFile(path);
                }
                yield Files.isRegularFile(path);
            }
            case "Directory" -> Files.isDirectory(path);
            case "File" -> Files.isRegularFile(path);
            default -> Files.exists(path);
        };
        if (!there) {
            throw new VolumeProblem(
                    false,
                    "volume " + volume + ": hostPath " + path + " is not on this node"
                            + (host.type().isEmpty() ? "" : " as a " + host.type())
                            + "; make it, or use type DirectoryOrCreate");
        }
        return path;
    }

    private static Path subPath(Volume volume, Path source, VolumeMount mount, Map<String, String> variables)
            throws VolumeProblem, IOException {
        String wanted = mount.expanded() ? Expansion.expand(mount.subPath(), variables) : mount.subPath();
        if (wanted.isEmpty()) {
            return source;
        }
        Path inside = source.resolve(wanted).normalize();
        if (!inside.startsWith(source)) {
            throw new VolumeProblem(
                    true, "volume " + volume.name() + ": subPath \"" + wanted + "\" leads out of the volume");
        }
        if (!Files.exists(inside)) {
            if (volume.source() instanceof Volume.Written) {
                throw new VolumeProblem(
                        false, "volume " + volume.name() + ": there is no file \"" + wanted + "\" in it");
            }
            Files.createDirectories(inside);
        }
        return inside;
    }

    /** What the volume is shown over; a link is followed to what it names. */
    private Path target(ContainerSpec container, VolumeMount mount, Path shown) throws VolumeProblem, IOException {
        Path target = Path.of(mount.path());
        String where = "mountPath " + target + " of container " + container.name();
        if (!Files.exists(target)) {
            throw new VolumeProblem(
                    false,
                    where + " is not on this node. Pods share the machine's files, so a volume can only be shown over"
                            + " something that is there: make it ("
                            + (Files.isDirectory(shown) ? "mkdir -p " : "touch ") + target
                            + "), or mount at a path that exists, such as /mnt");
        }
        if (Files.isDirectory(target) != Files.isDirectory(shown)) {
            throw new VolumeProblem(
                    false,
                    where + " is a " + (Files.isDirectory(target) ? "directory" : "file") + " and " + mount.volume()
                            + (mount.subPath().isEmpty() ? "" : "/" + mount.subPath())
                            + " is not; mount a file over a file, a directory over a directory");
        }
        Path real = target.toRealPath();
        if (folder.toAbsolutePath().startsWith(real)) {
            throw new VolumeProblem(
                    true,
                    where + " would hide the node's data directory, which lies below it (" + folder.getParent()
                            + "); mount somewhere else, or give the node another data directory");
        }
        return real;
    }
}
