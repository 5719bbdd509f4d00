// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.testing;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.process.Cgroups;
import java.nio.file.Path;

/** A cgroup of a test's own, in which this JVM is for a while: sockets opened meanwhile belong to it. */
public final class OwnCgroup implements AutoCloseable {
    private final Path before;
    private final Path group;

    private OwnCgroup(Path before, Path group) {
        this.before = before;
        this.group = group;
    }

    /** Makes it below the JVM's present group, and enters. */
    public static OwnCgroup enter(String name) {
        Path before = Cgroups.own()
                .orElseThrow(() -> new KernelException("find cgroup2", Errno.ENOENT, "cgroup2 is not mounted"));
        long pid = ProcessHandle.current().pid();
        Path group = Cgroups.create(before, name + "-" + pid);
        Cgroups.add(group, pid);
        return new OwnCgroup(before, group);
    }

    public Path path() {
        return group;
    }

    /** Goes back, and removes the group; sockets that are still open belong to nobody then. */
    @Override
    public void close() {
        Cgroups.add(before, ProcessHandle.current().pid());
        Cgroups.remove(group);
    }
}
