// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.namespace;

import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** The mount namespace and the working directory of the calling thread (mount_namespaces(7)). */
public final class Mounts {
    // uapi/linux/mount.h
    private static final long MS_BIND = 0x1000;
    private static final long MS_REC = 0x4000;
    private static final long MS_PRIVATE = 1 << 18;
    private static final long MOUNT_ATTR_RDONLY = 1;

    private Mounts() {}

    /**
     * Gives the calling platform thread a mount namespace of its own, cut off from the host's: no mount made from now on
     * is seen outside, and none of the host's later ones inside.
     */
    public static void unshare() {
        SystemCalls.require("create mount namespace", SystemCall.UNSHARE, Namespace.CLONE_FS | Namespace.CLONE_NEWNS);
        mount("make all mounts private", "none", "/", MS_REC | MS_PRIVATE);
    }

    /** Gives the calling platform thread a working directory of its own, until now the whole process's. */
    public static void unshareWorkingDirectory() {
        SystemCalls.require("own working directory", SystemCall.UNSHARE, Namespace.CLONE_FS);
    }

    public static void changeDirectory(Path directory) {
        try (Arena arena = Arena.ofConfined()) {
            SystemCalls.require(
                    "change to directory " + directory,
                    SystemCall.CHDIR,
                    arena.allocateFrom(directory.toString()).address());
        }
    }

    /** Mounts as told, in the mount namespace of the calling thread. A target that is a symbolic link is followed. */
    public static void bind(BindMount bind) {
        String operation = "mount " + bind.source() + " on " + bind.target();
        mount(operation, bind.source().toString(), bind.target().toString(), MS_BIND | MS_REC);
        if (bind.readOnly()) {
            setReadOnly(operation + " read-only", bind.target());
        }
    }

    private static void mount(String operation, String source, String target, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            SystemCalls.require(
                    operation,
                    SystemCall.MOUNT,
                    arena.allocateFrom(source).address(),
                    arena.allocateFrom(target).address(),
                    0,
                    flags,
                    0);
        }
    }

    private static void setReadOnly(String operation, Path target) {
        // mount_setattr (Linux 5.12) and not a remount: inside a user namespace a remount would have to repeat the
        // flags that are locked there, and be refused otherwise
        try (Arena arena = Arena.ofConfined()) {
            var attributes = arena.allocate(32, 8); // struct mount_attr {u64 set, clear, propagation, userns_fd}
            attributes.set(ValueLayout.JAVA_LONG, 0, MOUNT_ATTR_RDONLY);
            SystemCalls.require(
                    operation,
                    SystemCall.MOUNT_SETATTR,
                    SystemCalls.AT_FDCWD,
                    arena.allocateFrom(target.toString()).address(),
                    0,
                    attributes.address(),
                    attributes.byteSize());
        }
    }
}
