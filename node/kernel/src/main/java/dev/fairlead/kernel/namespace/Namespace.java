// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.namespace;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.Work;
import dev.fairlead.kernel.syscall.OwnThread;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace, held by a descriptor: it lives at least until {@link #close()}, and after that as long as a
 * process or a socket is in it.
 *
 * <pre>{@code
 * try (Namespace pod = Namespace.create("pod")) {
 *     ServerSocketChannel server = pod.call(ServerSocketChannel::open); // belongs to the pod for ever
 * }
 * }</pre>
 *
 * <p>A socket belongs to the namespace of the thread that opened it and may then be used by any thread.
 */
public final class Namespace implements AutoCloseable {
    // uapi/linux/sched.h
    static final int CLONE_FS = 0x200;
    static final int CLONE_NEWNS = 0x20000;
    static final int CLONE_NEWNET = 0x40000000;
    // asm-generic/socket.h
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 02000000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_NETNS_COOKIE = 71;

    static {
        // The JDK asks once, when java.net is first used, whether the machine has IPv6, and looks for an IPv6 address
        // in the namespace of the asking thread: a new namespace has none, and the JVM would be without IPv6 for good.
        InetAddress.getLoopbackAddress();
        // Likewise the threads that serve virtual threads are born when the first one starts, in the namespace of the
        // thread that starts it.
        Thread.startVirtualThread(() -> {});
    }

    private final String name;
    private final int descriptor;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Namespace(String name, int descriptor) {
        this.name = name;
        this.descriptor = descriptor;
    }

    /**
     * A new, empty network namespace; its loopback link is down.
     *
     * @param name for messages and thread names only; the kernel never sees it
     * @throws KernelException EPERM without CAP_SYS_ADMIN in the user namespace
     */
    public static Namespace create(String name) {
        return OwnThread.call("namespace-" + name, () -> {
            SystemCalls.require("create network namespace " + name, SystemCall.UNSHARE, CLONE_NEWNET);
            return new Namespace(name, SystemCalls.open("/proc/thread-self/ns/net", SystemCalls.O_RDONLY));
        });
    }

    /** The namespace a file stands for: {@code /proc/<pid>/ns/net}, or a bind mount of one. */
    public static Namespace open(Path path) {
        return new Namespace(path.toString(), SystemCalls.open(path.toString(), SystemCalls.O_RDONLY));
    }

    /** The network namespace of a running process (of its main thread). */
    public static Namespace ofProcess(long pid) {
        return open(Path.of("/proc", Long.toString(pid), "ns", "net"));
    }

    /** The namespace in which this JVM was started. */
    public static Namespace own() {
        return open(Path.of("/proc/self/ns/net"));
    }

    /** Runs the work on a new platform thread inside this namespace, waits for it, gives its result or exception. */
    public <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws X {
        return OwnThread.call("in-" + name, () -> {
            enter();
            return work.run();
        });
    }

    /**
     * Starts a daemon platform thread that spends its life in this namespace; for event loops. It may wake platform threads
     * only, see the package.
     */
    public Thread start(String threadName, Runnable work) {
        // a thread is born where the one stands that starts it; so a refusal to enter is thrown here, and not there
        return call(() -> OwnThread.named(threadName).start(work));
    }

    /** Moves the calling thread into this namespace. Only for platform threads that end afterwards. */
    public void enter() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread cannot enter a namespace, its carrier would");
        }
        requireOpen();
        SystemCalls.require("enter network namespace " + name, SystemCall.SETNS, descriptor, CLONE_NEWNET);
    }

    /** The open descriptor, for netlink messages that name a namespace; valid until {@link #close()}. */
    public int descriptor() {
        requireOpen();
        return descriptor;
    }

    /** A path under which this process, while it lives, and the namespace is held, can open it again. */
    public Path path() {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor());
    }

    /** The kernel's identity of the namespace, {@code net:[4026531840]}: equal if and only if the namespace is. */
    public String identity() {
        try {
            return Files.readSymbolicLink(path()).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number by which programs of the kernel know it, never used again for another one; Linux 5.14. */
    public long cookie() {
        return call(() -> {
            int socket = (int)
                    SystemCalls.require("open socket in " + name, SystemCall.SOCKET, AF_INET, SOCK_DGRAM_CLOEXEC, 0);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment value = arena.allocate(8, 8);
                MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 8);
                SystemCalls.require(
                        "read cookie of network namespace " + name,
                        SystemCall.GETSOCKOPT,
                        socket,
                        SOL_SOCKET,
                        SO_NETNS_COOKIE,
                        value.address(),
                        length.address());
                return value.get(ValueLayout.JAVA_LONG, 0);
            } finally {
                SystemCalls.close(socket);
            }
        });
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            SystemCalls.close(descriptor);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private void requireOpen() {
        if (!open.get()) {
            throw new IllegalStateException("network namespace " + name + " is closed");
        }
    }
}
