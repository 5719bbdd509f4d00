// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cgroup v2 tree (cgroups(7)): one directory per group, made and removed like directories. */
public final class Cgroups {
    private Cgroups() {}

    /** Where cgroup2 is mounted; beside version 1 that is not /sys/fs/cgroup itself. Empty when it is not. */
    public static Optional<Path> mountPoint() {
        try {
            return mountPoint(Files.readAllLines(Path.of("/proc/self/mounts")));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    static Optional<Path> mountPoint(List<String> mounts) {
        return mounts.stream()
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields.length > 2 && fields[2].equals("cgroup2"))
                .map(fields -> Path.of(fields[1].replace("\\040", " ")))
                .findFirst();
    }

    /** The cgroup v2 directory in which this process is. Empty without cgroup2. */
    public static Optional<Path> own() {
        try {
            Optional<String> path = Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                    .filter(line -> line.startsWith("0::/"))
                    .map(line -> line.substring("0::/".length()))
                    .findFirst();
            return mountPoint().flatMap(mount -> path.map(mount::resolve)).filter(Files::isDirectory);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** Makes a group, or finds it there. */
    public static Path create(Path parent, String name) {
        Path group = parent.resolve(name);
        try {
            return Files.createDirectories(group);
        } catch (IOException e) {
            throw refused("create cgroup " + group, e);
        }
    }

    /** Moves a process, with all its threads, into the group. */
    public static void add(Path group, long pid) {
        try {
            Files.writeString(group.resolve("cgroup.procs"), Long.toString(pid), StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw refused("move process " + pid + " into cgroup " + group, e);
        }
    }

    /** The processes of the group, without those of groups below. */
    public static List<Long> processes(Path group) {
        try {
            return Files.readAllLines(group.resolve("cgroup.procs")).stream()
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException e) {
            throw refused("read cgroup " + group, e);
        }
    }

    /** The processes of the group and of all groups below it; of groups that are removed meanwhile, some or none. */
    public static List<Long> allProcesses(Path group) {
        List<Long> all = new ArrayList<>();
        try {
            all.addAll(processes(group));
        } catch (KernelException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
        File[] below = group.toFile().listFiles(File::isDirectory);
        for (File one : below == null ? new File[0] : below) {
            all.addAll(allProcesses(one.toPath()));
        }
        return all;
    }

    /** Kills all processes of the group and of those below at once; needs Linux 5.14. */
    public static void kill(Path group) {
        try {
            Files.writeString(group.resolve("cgroup.kill"), "1", StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw refused("kill cgroup " + group, e);
        }
    }

    /** Removes an empty group; EBUSY while a process, even an unreaped one, is in it. */
    public static void remove(Path group) {
        try {
            Files.deleteIfExists(group);
        } catch (IOException e) {
            throw refused("remove cgroup " + group, e);
        }
    }

    /** Removes a group with all groups below it; EBUSY, and some of them are left, while a process is in one. */
    public static void removeAll(Path group) {
        File[] below = group.toFile().listFiles(File::isDirectory);
        for (File one : below == null ? new File[0] : below) {
            removeAll(one.toPath());
        }
        remove(group);
    }

    private static KernelException refused(String operation, IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> new KernelException(operation, Errno.ENOENT);
            case AccessDeniedException _ -> new KernelException(operation, Errno.EACCES);
            default -> {
                String text = String.valueOf(e.getMessage());
                int errno = text.contains("busy") ? Errno.EBUSY : text.contains("Read-only") ? Errno.EROFS : Errno.EIO;
                yield new KernelException(operation, errno, text);
            }
        };
    }
}
