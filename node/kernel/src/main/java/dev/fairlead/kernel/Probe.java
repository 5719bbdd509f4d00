// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel;

import dev.fairlead.kernel.bpf.Assembler;
import dev.fairlead.kernel.bpf.BpfMap;
import dev.fairlead.kernel.bpf.Hook;
import dev.fairlead.kernel.bpf.Instruction;
import dev.fairlead.kernel.bpf.KernelFunction;
import dev.fairlead.kernel.bpf.LoadedProgram;
import dev.fairlead.kernel.bpf.MapSpec;
import dev.fairlead.kernel.bpf.Program;
import dev.fairlead.kernel.bpf.ProgramLink;
import dev.fairlead.kernel.bpf.Register;
import dev.fairlead.kernel.namespace.Mounts;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.TransparentReplies;
import dev.fairlead.kernel.process.Cgroups;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.kernel.socket.SocketAddress;
import dev.fairlead.kernel.socket.Sockets;
import dev.fairlead.kernel.syscall.OwnThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether this machine, and this process on it, allows something. A probe finds out by doing the thing in a namespace that
 * is thrown away afterwards, never by reading version numbers.
 *
 * @param feature what was tried: {@code network namespaces}
 * @param possible whether it worked
 * @param reason why not and what would be needed, in a sentence for the user; empty when possible
 */
public record Probe(String feature, boolean possible, String reason) {
    private static final int SOCKET_OF_CONTEXT = 64; // struct bpf_sock_addr

    /** Network namespaces can be made and configured: CAP_SYS_ADMIN and CAP_NET_ADMIN in this process's user namespace. */
    public static Probe networkNamespaces() {
        return of("network namespaces", "CAP_SYS_ADMIN and CAP_NET_ADMIN", () -> {
            try (Namespace one = Namespace.create("probe");
                    Namespace two = Namespace.create("probe-peer");
                    var network = dev.fairlead.kernel.netlink.Rtnetlink.in(one)) {
                network.setUp("lo");
                network.createVeth("probe", two, "probe");
            }
        });
    }

    /** A thread can have mounts of its own: what gives each pod its resolv.conf. */
    public static Probe mountNamespaces() {
        return of(
                "mount namespaces",
                "CAP_SYS_ADMIN",
                () -> OwnThread.call("probe", () -> {
                    Mounts.unshare();
                    return true;
                }));
    }

    /** Sockets can have addresses of others and get their answers: the relay keeps its clients' addresses. */
    public static Probe transparentRelay() {
        return of(
                "transparent relay",
                "CAP_NET_ADMIN and nftables with CONFIG_NFT_SOCKET and CONFIG_NFT_TPROXY (Linux 5.11), or connection tracking (CONFIG_NFT_CT)",
                () -> {
                    try (Namespace namespace = Namespace.create("probe");
                            var _ = TransparentReplies.install(namespace, "fairlead-probe", 1, 100, 100)) {
                        namespace.call(() -> {
                            Sockets sockets = new Sockets();
                            int fd = Sockets.require("open socket", sockets.tcp(SocketAddress.IPV4));
                            try {
                                return Sockets.require(
                                        "make socket transparent", sockets.transparent(fd, SocketAddress.IPV4));
                            } finally {
                                sockets.close(fd);
                            }
                        });
                    }
                });
    }

    /** A cgroup v2 directory is there and this process may make groups in it. */
    public static Probe cgroups() {
        return of("cgroups", "cgroup2 mounted, and a writable directory in it", () -> {
            Path own = Cgroups.own()
                    .orElseThrow(() -> new KernelException("find cgroup2", Errno.ENOENT, "cgroup2 is not mounted"));
            Cgroups.remove(
                    Cgroups.create(own, "probe-" + ProcessHandle.current().pid()));
        });
    }

    /** Programs of ours can run where processes of a cgroup connect, and remember it with the socket. */
    public static Probe socketHooks() {
        return of(
                "programs at sockets",
                "Linux 5.14 with CONFIG_CGROUP_BPF, CAP_BPF and CAP_NET_ADMIN, and a writable directory of cgroup2",
                () -> {
                    Path own = Cgroups.own()
                            .orElseThrow(
                                    () -> new KernelException("find cgroup2", Errno.ENOENT, "cgroup2 is not mounted"));
                    Path group = Cgroups.create(
                            own, "probe-" + ProcessHandle.current().pid());
                    try (Namespace namespace = Namespace.own();
                            BpfMap stored = BpfMap.create(MapSpec.sockets("probe", 8));
                            LoadedProgram program =
                                    LoadedProgram.load(peerProgram(namespace.cookie()), List.of(stored));
                            ProgramLink _ = ProgramLink.atCgroup(program, group)) {
                        program.program();
                    } finally {
                        Cgroups.remove(group);
                    }
                });
    }

    /** Of all that sockets' programs need, what is youngest. */
    private static Program peerProgram(long cookie) {
        return new Assembler()
                .set(Register.R6, Register.R1)
                .call(KernelFunction.NAMESPACE_COOKIE)
                .setLong(Register.R1, cookie)
                .jumpIf(Register.R0, Instruction.Condition.NOT_EQUAL, Register.R1, "out")
                .load(Instruction.Width.LONG, Register.R2, Register.R6, SOCKET_OF_CONTEXT)
                .setMap(Register.R1, "probe")
                .call(KernelFunction.SOCKET_STORAGE_DELETE)
                .label("out")
                .set(Register.R0, 1)
                .exit()
                .program("probe", Hook.GETPEERNAME4);
    }

    /** Programs of ours can see the packets of an interface. */
    public static Probe packetHooks() {
        return of("programs at interfaces", "Linux 6.6, CAP_BPF and CAP_NET_ADMIN", () -> {
            Program program =
                    new Assembler().set(Register.R0, NEXT_PROGRAM).exit().program("probe", Hook.TCX_INGRESS);
            try (Namespace namespace = Namespace.create("probe-tcx");
                    LoadedProgram loaded = LoadedProgram.load(program, List.of());
                    ProgramLink _ = ProgramLink.atInterface(loaded, namespace, LOOPBACK)) {
                loaded.program();
            }
        });
    }

    /** Programs can say with which error a connection is refused. */
    public static Probe socketErrors() {
        return of("errors of programs at sockets", "Linux 5.18, CAP_BPF and CAP_NET_ADMIN", () -> {
            Program program = new Assembler()
                    .set(Register.R1, -Errno.ECONNREFUSED)
                    .call(KernelFunction.SET_RESULT)
                    .set(Register.R0, 0)
                    .exit()
                    .program("probe", Hook.CONNECT4);
            LoadedProgram.load(program, List.of()).close();
        });
    }

    /**
     * A user without privileges can enter user, mount and network namespaces before a JVM starts (no process with threads
     * can enter a user namespace any more): util-linux's {@code unshare} is tried.
     */
    public static Probe userNamespaces() {
        String feature = "user namespaces";
        if (!isLinux()) {
            return notLinux(feature);
        }
        for (String limit : List.of("user/max_user_namespaces", "kernel/unprivileged_userns_clone")) {
            if ("0".equals(setting(limit))) {
                return new Probe(feature, false, "switched off by the administrator: sysctl " + limit + " is 0");
            }
        }
        String restricted = "1".equals(setting("kernel/apparmor_restrict_unprivileged_userns"))
                ? "; AppArmor restricts them: sysctl kernel/apparmor_restrict_unprivileged_userns is 1"
                : "";
        try {
            Exit exit = Spawn.of(List.of("unshare", "--user", "--map-root-user", "--mount", "--net", "true"))
                    .start()
                    .exit()
                    .get(10, TimeUnit.SECONDS);
            return exit.equals(new Exit.Code(0))
                    ? new Probe(feature, true, "")
                    : new Probe(feature, false, "unshare --user --map-root-user was refused" + restricted);
        } catch (KernelException e) {
            return new Probe(feature, false, e.getMessage() + "; needed: the program unshare of util-linux");
        } catch (ExecutionException | TimeoutException e) {
            return new Probe(feature, false, "unshare did not end: " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Probe(feature, false, "interrupted");
        }
    }

    private static final int NEXT_PROGRAM = -1; // TCX_NEXT
    private static final int LOOPBACK = 1; // the number of lo, everywhere

    private static Probe of(String feature, String needed, Runnable attempt) {
        if (!isLinux()) {
            return notLinux(feature);
        }
        try {
            attempt.run();
            return new Probe(feature, true, "");
        } catch (KernelException e) {
            return new Probe(feature, false, e.getMessage() + "; needed: " + needed);
        }
    }

    private static Probe notLinux(String feature) {
        return new Probe(feature, false, "needed: Linux; this is " + System.getProperty("os.name"));
    }

    private static boolean isLinux() {
        return "Linux".equals(System.getProperty("os.name"));
    }

    private static String setting(String key) {
        try {
            return Files.readString(Path.of("/proc/sys", key)).strip();
        } catch (IOException _) {
            return ""; // this kernel does not have the switch
        }
    }

    @Override
    public String toString() {
        return feature + ": " + (possible ? "yes" : "no, " + reason);
    }
}
