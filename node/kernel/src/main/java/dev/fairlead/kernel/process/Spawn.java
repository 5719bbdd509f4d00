// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.Work;
import dev.fairlead.kernel.namespace.BindMount;
import dev.fairlead.kernel.namespace.Hostname;
import dev.fairlead.kernel.namespace.Mounts;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.process.PosixSpawn.Streams;
import dev.fairlead.kernel.syscall.Libc;
import dev.fairlead.kernel.syscall.OwnThread;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a process is to be started; every {@code with…} gives a changed copy.
 *
 * <pre>{@code
 * Child child = Spawn.of(List.of("java", "Server.java"))
 *         .withEnvironment(Map.of("PATH", "/usr/bin:/bin"))
 *         .withOutput(log)
 *         .withNetwork(pod)
 *         .withMounts(List.of(new BindMount(resolvConf, Path.of("/etc/resolv.conf"), true)))
 *         .start();
 * }</pre>
 *
 * <p><b>How this works.</b> A new platform thread enters the network namespace, unshares its mount namespace and working
 * directory, and calls posix_spawn(3): the child is born with what the thread has. There is no code of ours between fork
 * and exec. The child leads a session and process group of its own, has no signal blocked or ignored, reads /dev/null,
 * and has no other descriptor than 0, 1 and 2.
 *
 * @param command the program and its arguments; a name without slash is looked for in the PATH of {@code environment}
 * @param environment the whole of it, nothing is inherited
 * @param directory the working directory, as seen inside the mounts
 * @param output where standard output is appended, made when missing; as seen outside the mounts
 * @param errors the same for standard error; may be the same file
 * @param network null: that of the JVM
 * @param mounts none: the mount namespace of the JVM, else one of its own
 * @param hostname what the process calls its machine, at most 64 bytes; null: as the JVM does
 * @param cgroup a cgroup v2 directory whose cgroup.procs takes the child right after its start, null for none
 */
public record Spawn(
        List<String> command,
        Map<String, String> environment,
        Path directory,
        Path output,
        Path errors,
        @Nullable Namespace network,
        List<BindMount> mounts,
        @Nullable String hostname,
        @Nullable Path cgroup) {

    private static final Path NOWHERE = Path.of("/dev/null");
    private static final String CLOSEFROM = "posix_spawn_file_actions_addclosefrom_np";
    private static final String USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public Spawn {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        mounts = List.copyOf(mounts);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a command has at least the program");
        }
    }

    /** An empty environment, the root directory, output to /dev/null, no namespace of its own. */
    public static Spawn of(List<String> command) {
        return new Spawn(command, Map.of(), Path.of("/"), NOWHERE, NOWHERE, null, List.of(), null, null);
    }

    public Spawn withCommand(List<String> changed) {
        return new Spawn(changed, environment, directory, output, errors, network, mounts, hostname, cgroup);
    }

    public Spawn withEnvironment(Map<String, String> changed) {
        return new Spawn(command, changed, directory, output, errors, network, mounts, hostname, cgroup);
    }

    public Spawn withDirectory(Path changed) {
        return new Spawn(command, environment, changed, output, errors, network, mounts, hostname, cgroup);
    }

    /** Standard output and standard error to one file. */
    public Spawn withOutput(Path both) {
        return withOutput(both, both);
    }

    public Spawn withOutput(Path changedOutput, Path changedErrors) {
        return new Spawn(
                command, environment, directory, changedOutput, changedErrors, network, mounts, hostname, cgroup);
    }

    public Spawn withNetwork(Namespace changed) {
        return new Spawn(command, environment, directory, output, errors, changed, mounts, hostname, cgroup);
    }

    public Spawn withMounts(List<BindMount> changed) {
        return new Spawn(command, environment, directory, output, errors, network, changed, hostname, cgroup);
    }

    public Spawn withHostname(String changed) {
        return new Spawn(command, environment, directory, output, errors, network, mounts, changed, cgroup);
    }

    public Spawn withCgroup(Path changed) {
        return new Spawn(command, environment, directory, output, errors, network, mounts, hostname, changed);
    }

    /**
     * Starts the process; when this returns it runs the program wanted.
     *
     * @throws KernelException naming the step that was refused: a namespace, a mount, the directory, an output file, or
     *     the program itself (ENOENT, EACCES, ENOEXEC); no process is left behind then
     */
    public Child start() {
        return started(() -> {
            int in = SystemCalls.open(NOWHERE.toString(), SystemCalls.O_RDONLY);
            int out = -1;
            int err = -1;
            try {
                out = openForAppending(output);
                err = errors.equals(output) ? out : openForAppending(errors);
                return startHere(new Streams.Of(in, out, err));
            } finally {
                SystemCalls.close(in);
                SystemCalls.close(out);
                if (err != out) {
                    SystemCalls.close(err);
                }
            }
        });
    }

    /**
     * Starts the process with these streams, not with files.
     *
     * @throws KernelException as {@link #start()} does
     */
    Child start(Streams streams) {
        return started(() -> startHere(streams));
    }

    private Child started(Work<Long, RuntimeException> start) {
        requireNoNul();
        // asked here, because the class initialisation of PosixSpawn needs what may be missing
        if (!Libc.has(CLOSEFROM)) {
            throw new KernelException("start a process", 0, "needs glibc 2.34 or newer: this libc has no " + CLOSEFROM);
        }
        long pid = OwnThread.call("spawn-" + command.getFirst(), start);
        // watched from here: the thread that waits for the end wakes others, and must not stand in the child's
        // namespaces
        Child child = Child.started(pid);
        if (cgroup != null) {
            try {
                Cgroups.add(cgroup, pid);
            } catch (KernelException e) {
                child.signalGroup(Signal.KILL);
                throw e;
            }
        }
        return child;
    }

    /** A C string ends at its first NUL: the process would get less than was asked for. */
    private void requireNoNul() {
        Stream.concat(command.stream(), environment.entrySet().stream().map(Object::toString))
                .filter(text -> text.indexOf(0) >= 0)
                .findFirst()
                .ifPresent(text -> {
                    throw new KernelException(
                            "start " + command.getFirst().replace('\0', '?'),
                            Errno.EINVAL,
                            "a NUL character in " + text.replace('\0', '?'));
                });
    }

    private long startHere(Streams streams) {
        if (network != null) {
            network.enter();
        }
        if (mounts.isEmpty()) {
            Mounts.unshareWorkingDirectory();
        } else {
            Mounts.unshare();
            mounts.forEach(Mounts::bind);
        }
        if (hostname != null) {
            Hostname.unshare(hostname);
        }
        Mounts.changeDirectory(directory);
        String program = program();
        List<String> variables = environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
        return PosixSpawn.start(program, command, variables, streams);
    }

    /** Resolved by us, in the child's PATH and mounts: posix_spawnp would use the JVM's PATH. */
    private String program() {
        String name = command.getFirst();
        if (name.contains("/")) {
            return name;
        }
        for (String folder : environment.getOrDefault("PATH", USUAL_PATH).split(":", -1)) {
            Path candidate = directory.resolve(folder).resolve(name);
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return candidate.toString();
            }
        }
        throw new KernelException(
                "start " + name,
                Errno.ENOENT,
                "no such program in PATH " + environment.getOrDefault("PATH", USUAL_PATH));
    }

    private static int openForAppending(Path file) {
        return SystemCalls.open(file.toString(), SystemCalls.O_WRONLY | SystemCalls.O_CREAT | SystemCalls.O_APPEND);
    }
}
