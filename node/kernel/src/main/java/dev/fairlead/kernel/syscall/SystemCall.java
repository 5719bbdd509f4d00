// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.syscall;

/**
 * The system calls used, with their numbers on the two architectures served.
 *
 * <p>Sources: {@code arch/x86/entry/syscalls/syscall_64.tbl} and {@code include/uapi/asm-generic/unistd.h} (AArch64).
 */
public enum SystemCall {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    OPENAT(257, 56),
    PIPE2(293, 59),
    FCNTL(72, 25),
    IOCTL(16, 29),
    SPLICE(275, 76),
    CHDIR(80, 49),
    MOUNT(165, 40),
    UNSHARE(272, 97),
    SETNS(308, 268),
    SETHOSTNAME(170, 161),
    KILL(62, 129),
    WAIT4(61, 260),
    PPOLL(271, 73),
    SOCKET(41, 198),
    SOCKETPAIR(53, 199),
    BIND(49, 200),
    LISTEN(50, 201),
    ACCEPT4(288, 242),
    CONNECT(42, 203),
    GETSOCKNAME(51, 204),
    GETPEERNAME(52, 205),
    SENDTO(44, 206),
    RECVFROM(45, 207),
    SETSOCKOPT(54, 208),
    GETSOCKOPT(55, 209),
    SHUTDOWN(48, 210),
    SENDMSG(46, 211),
    RECVMSG(47, 212),
    RECVMMSG(299, 243),
    SENDMMSG(307, 269),
    EPOLL_CREATE1(291, 20),
    EPOLL_CTL(233, 21),
    EPOLL_PWAIT(281, 22),
    EVENTFD2(290, 19),
    PIDFD_SEND_SIGNAL(424, 424),
    PIDFD_OPEN(434, 434),
    MOUNT_SETATTR(442, 442),
    MEMBARRIER(324, 283),
    BPF(321, 280);

    private static final boolean X86_64 = "amd64".equals(System.getProperty("os.arch"));

    private final long x86;
    private final long arm;

    SystemCall(long x86, long arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    /** The number on the machine at hand. */
    public long number() {
        return X86_64 ? x86 : arm;
    }

    /** epoll_event is packed on x86-64 only. */
    public static boolean isX86() {
        return X86_64;
    }
}
