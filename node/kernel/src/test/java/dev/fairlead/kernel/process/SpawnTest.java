// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.NeedsNamespaces;
import dev.fairlead.kernel.namespace.BindMount;
import dev.fairlead.kernel.namespace.Namespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

class SpawnTest {
    @TempDir
    Path folder;

    private Exit run(Spawn spawn) throws Exception {
        return spawn.start().exit().get(30, TimeUnit.SECONDS);
    }

    private Spawn shell(String script) {
        return Spawn.of(List.of("sh", "-c", script)).withOutput(folder.resolve("out"));
    }

    private String output() throws Exception {
        return Files.readString(folder.resolve("out"));
    }

    @Test
    void exitCodesAndSignalsAreTold() throws Exception {
        assertThat(run(shell("exit 0"))).isEqualTo(new Exit.Code(0));
        assertThat(run(shell("exit 37"))).isEqualTo(new Exit.Code(37));
        assertThat(run(shell("kill -9 $$"))).isEqualTo(new Exit.Signalled(9));
    }

    @Test
    void outputIsAppendedAndBothStreamsMayShareAFile() throws Exception {
        Files.writeString(folder.resolve("out"), "before\n");
        run(shell("echo one; echo two >&2; echo three"));
        assertThat(output()).isEqualTo("before\none\ntwo\nthree\n");
        run(shell("echo out; echo err >&2").withOutput(folder.resolve("a"), folder.resolve("b")));
        assertThat(Files.readString(folder.resolve("a"))).isEqualTo("out\n");
        assertThat(Files.readString(folder.resolve("b"))).isEqualTo("err\n");
    }

    @Test
    void theEnvironmentIsExactlyTheOneGiven() throws Exception {
        run(Spawn.of(List.of("/usr/bin/env"))
                .withEnvironment(Map.of("COLOR", "grün", "EMPTY", ""))
                .withOutput(folder.resolve("out")));
        assertThat(output().lines()).containsExactlyInAnyOrder("COLOR=grün", "EMPTY=");
    }

    @Test
    void theWorkingDirectoryIsTheChildsAlone() throws Exception {
        run(shell("pwd").withDirectory(folder));
        assertThat(output().strip()).isEqualTo(folder.toRealPath().toString());
        assertThat(Path.of("/proc/self/cwd").toRealPath())
                .isEqualTo(Path.of(System.getProperty("user.dir")).toRealPath());
    }

    @Test
    void theChildHasItsOwnSessionDefaultSignalsAndNoOtherDescriptors() throws Exception {
        try (var open = Files.newByteChannel(Path.of("/etc/hostname"))) {
            assertThat(open.isOpen()).isTrue();
            run(shell("exec 2>/dev/null; ls /proc/self/fd; cat /proc/self/stat; grep Sig /proc/self/status"));
        }
        List<String> lines = output().lines().toList();
        // 3 is the directory that ls itself reads
        assertThat(lines.subList(0, 4)).containsExactly("0", "1", "2", "3");
        assertThat(lines).contains("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000");
        ProcessStatus status = ProcessStatus.parse(lines.get(4));
        assertThat(status.session()).isEqualTo(status.parent()).isEqualTo(status.group());
        assertThat(status.session()).isNotEqualTo(ProcessHandle.current().pid());
    }

    @Test
    @ExtendWith(NeedsNamespaces.class)
    void aNetworkNamespaceOfItsOwn() throws Exception {
        try (Namespace network = Namespace.create("spawn")) {
            run(shell("readlink /proc/self/ns/net; cat /proc/net/dev").withNetwork(network));
            assertThat(output()).startsWith(network.identity()).contains("lo:").doesNotContain("eth0");
        }
        try (Namespace own = Namespace.own()) {
            assertThat(output()).doesNotContain(own.identity());
        }
    }

    @Test
    @ExtendWith(NeedsNamespaces.class)
    void mountsOfItsOwnUnseenOutside() throws Exception {
        Path resolv = Files.writeString(folder.resolve("resolv"), "nameserver 10.96.0.10\n");
        Path hosts = Files.writeString(folder.resolve("hosts"), "10.0.0.1 me\n");
        String before = Files.readString(Path.of("/etc/resolv.conf"));
        Spawn spawn = shell(
                        "cat /etc/resolv.conf; echo x 2>/dev/null >>/etc/resolv.conf || echo read-only; cat /etc/hosts")
                .withMounts(List.of(
                        new BindMount(resolv, Path.of("/etc/resolv.conf"), true),
                        new BindMount(hosts, Path.of("/etc/hosts"), false)));
        assertThat(run(spawn)).isEqualTo(new Exit.Code(0));
        assertThat(output()).isEqualTo("nameserver 10.96.0.10\nread-only\n10.0.0.1 me\n");
        assertThat(Files.readString(Path.of("/etc/resolv.conf"))).isEqualTo(before);
    }

    @Test
    @ExtendWith(NeedsNamespaces.class)
    void aHostNameOfItsOwn() throws Exception {
        String before = Files.readString(Path.of("/proc/sys/kernel/hostname"));
        run(shell("hostname").withHostname("backend-7d4f-x2x9z"));
        assertThat(output()).isEqualTo("backend-7d4f-x2x9z\n");
        assertThat(Files.readString(Path.of("/proc/sys/kernel/hostname"))).isEqualTo(before);
        refused(shell("true").withHostname("x".repeat(65)), Errno.EINVAL, "set host name xxx");
    }

    @Test
    @ExtendWith(NeedsNamespaces.class)
    void whatCannotStartSaysWhy() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "hello");
        Path noise = Files.write(folder.resolve("noise"), new byte[] {1, 2, 3});
        Path script = Files.writeString(folder.resolve("script"), "#!/no/such/shell\n");
        Files.setPosixFilePermissions(noise, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        refused(Spawn.of(List.of("echo", "a\0b")), Errno.EINVAL, "a NUL character in a?b");
        refused(Spawn.of(List.of("no-such-program")), Errno.ENOENT, "no-such-program", "PATH");
        refused(Spawn.of(List.of("/no/such/file")), Errno.ENOENT, "/no/such/file", "No such file");
        refused(Spawn.of(List.of(text.toString())), Errno.EACCES, "not executable");
        refused(Spawn.of(List.of(noise.toString())), Errno.ENOEXEC, "neither a program");
        refused(Spawn.of(List.of(script.toString())), Errno.ENOENT, "interpreter");
        refused(Spawn.of(List.of("true")).withDirectory(Path.of("/no/dir")), Errno.ENOENT, "directory /no/dir");
        refused(Spawn.of(List.of("true")).withOutput(Path.of("/no/dir/out")), Errno.ENOENT, "open /no/dir/out");
        refused(
                Spawn.of(List.of("true")).withMounts(List.of(new BindMount(text, Path.of("/no/file"), false))),
                Errno.ENOENT,
                "mount",
                "/no/file");
        refused(Spawn.of(List.of("true")).withCgroup(Path.of("/no/group")), Errno.ENOENT, "cgroup /no/group");
    }

    private static void refused(Spawn spawn, int errno, String... words) {
        assertThatThrownBy(spawn::start)
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.errno()).isEqualTo(errno))
                .message()
                .contains(words);
    }

    @Test
    void theWholeGroupGetsTheSignal() throws Exception {
        Child child = shell("sleep 1000 & echo $!; wait").start();
        Await.until(() -> Files.exists(folder.resolve("out")) && output().endsWith("\n"));
        long grandchild = Long.parseLong(output().strip());
        assertThat(ProcessStatus.of(grandchild).orElseThrow().group()).isEqualTo(child.pid());
        assertThat(child.isAlive()).isTrue();
        assertThat(child.signalGroup(Signal.TERM)).isTrue();
        assertThat(child.exit().get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Signalled(15));
        Await.until(
                () -> ProcessStatus.of(grandchild).filter(p -> !p.isZombie()).isEmpty());
        assertThat(child.isAlive()).isFalse();
        assertThat(child.signal(Signal.TERM)).isFalse();
    }

    @Test
    void aGroupOutlivesItsLeader() throws Exception {
        Child child = shell("sleep 1000 & echo $!").start();
        assertThat(child.exit().get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Code(0));
        long grandchild = Long.parseLong(output().strip());
        assertThat(ProcessStatus.of(grandchild)).isPresent();
        assertThat(child.signalGroup(Signal.KILL)).isTrue();
        Await.until(
                () -> ProcessStatus.of(grandchild).filter(p -> !p.isZombie()).isEmpty());
    }

    @Test
    void anotherCanAdoptByPidAndStartTimeOnly() throws Exception {
        Child child = shell("sleep 1000").start();
        assertThat(Child.adopt(child.pid(), child.startTime() + 1)).isEmpty();
        Child adopted = Child.adopt(child.pid(), child.startTime()).orElseThrow();
        assertThat(adopted.isAlive()).isTrue();
        assertThat(adopted.signalGroup(Signal.KILL)).isTrue();
        // one of the two is the first to ask the kernel and gets the answer, the other knows only that it ended
        Exit one = child.exit().get(30, TimeUnit.SECONDS);
        Exit two = adopted.exit().get(30, TimeUnit.SECONDS);
        assertThat(List.of(one, two)).containsExactlyInAnyOrder(new Exit.Signalled(9), new Exit.Unknown());
        assertThat(Child.adopt(child.pid(), child.startTime())).isEmpty();
    }

    @Test
    void aProcessThatIsNotOurChildEndsWithAnUnknownCode() throws Exception {
        run(shell("setsid sh -c 'echo $$; exec sleep 1000' & sleep 0.2"));
        long pid = Long.parseLong(output().strip());
        ProcessStatus status = ProcessStatus.of(pid).orElseThrow();
        Child adopted = Child.adopt(pid, status.startTime()).orElseThrow();
        assertThat(adopted.signalGroup(Signal.KILL)).isTrue();
        assertThat(adopted.exit().get(30, TimeUnit.SECONDS)).isEqualTo(new Exit.Unknown());
    }

    @Test
    void theJvmsOwnChildrenAreNotDisturbed() throws Exception {
        Process ofTheJvm = new ProcessBuilder("sh", "-c", "exit 7").start();
        for (int i = 0; i < 20; i++) {
            assertThat(run(shell("exit " + i))).isEqualTo(new Exit.Code(i));
        }
        assertThat(ofTheJvm.waitFor()).isEqualTo(7);
    }

    @Test
    void aCgroupTakesTheChild() throws Exception {
        Path own = Cgroups.own().orElseThrow();
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isWritable(own), "cgroup " + own + " is not writable");
        Path group =
                Cgroups.create(own, "fairlead-test-" + ProcessHandle.current().pid());
        try {
            Child child = shell("sleep 1000").withCgroup(group).start();
            assertThat(Cgroups.processes(group)).containsExactly(child.pid());
            child.signalGroup(Signal.KILL);
            child.exit().get(30, TimeUnit.SECONDS);
        } finally {
            Await.until(() -> Cgroups.processes(group).isEmpty());
            Cgroups.remove(group);
        }
    }
}
