// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.namespace;

import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * Makes all carriers busy, wakes a virtual thread by something that happens in a namespace, and says where that virtual
 * thread finds itself then: see {@link CarriersTest}.
 */
final class CarriersMain {
    private static final String HOME = net("self");

    private CarriersMain() {}

    /** What wakes the virtual thread. */
    enum Case {
        /** A thread inside that wakes it by its own hand: what must not be done, and what the others are measured by. */
        WAKES_ITSELF,
        /** Work inside that a virtual thread asked for has ended. */
        CALL_ENDS,
        /** A process inside has ended. */
        CHILD_ENDS
    }

    public static void main(String[] arguments) throws Exception {
        try (Namespace pod = Namespace.create("pod")) {
            String where = switch (Case.valueOf(arguments[0])) {
                case WAKES_ITSELF -> wakesItself(pod);
                case CALL_ENDS -> callEnds(pod);
                case CHILD_ENDS -> childEnds(pod);
            };
            System.out.println("a virtual thread " + (where.equals(HOME) ? "at home" : "in the pod"));
        }
        Runtime.getRuntime().halt(0); // busy carriers never end
    }

    private static String wakesItself(Namespace pod) throws Exception {
        CompletableFuture<Boolean> woken = new CompletableFuture<>();
        CompletableFuture<String> where = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        Thread sleeper = Thread.startVirtualThread(() -> {
            begun.countDown();
            woken.join();
            where.complete(net("thread-self"));
        });
        begun.await();
        awaitParked(sleeper);
        occupyCarriers();
        pod.call(() -> woken.complete(true));
        return where.get();
    }

    private static String callEnds(Namespace pod) throws Exception {
        CompletableFuture<String> where = new CompletableFuture<>();
        CountDownLatch inside = new CountDownLatch(1);
        CompletableFuture<Boolean> gate = new CompletableFuture<>();
        Thread caller = Thread.startVirtualThread(() -> {
            pod.call(() -> {
                inside.countDown(); // only the main thread waits for it, a platform thread
                return gate.join();
            });
            where.complete(net("thread-self"));
        });
        inside.await();
        awaitParked(caller);
        occupyCarriers();
        gate.complete(true);
        return where.get();
    }

    private static String childEnds(Namespace pod) throws Exception {
        CompletableFuture<String> where = new CompletableFuture<>();
        CompletableFuture<Child> started = new CompletableFuture<>();
        Thread waiter = Thread.startVirtualThread(() -> {
            Child child =
                    Spawn.of(List.of("sleep", "infinity")).withNetwork(pod).start();
            started.complete(child);
            child.exit().join();
            where.complete(net("thread-self"));
        });
        Child child = started.get();
        awaitParked(waiter);
        occupyCarriers();
        child.signalGroup(Signal.KILL);
        return where.get();
    }

    private static void awaitParked(Thread virtual) {
        while (virtual.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    /** Fills every carrier with a virtual thread that waits in the kernel, where it cannot be parked. */
    private static void occupyCarriers() throws InterruptedException {
        int busy = 0;
        do {
            CountDownLatch running = new CountDownLatch(1);
            Thread.startVirtualThread(() -> {
                int never = (int) SystemCalls.require("make an eventfd", SystemCall.EVENTFD2, 0, 0);
                running.countDown();
                SystemCalls.awaitReadable(never);
            });
            running.await();
            busy++;
        } while (carriers() > busy);
    }

    private static long carriers() {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            return threads.filter(thread -> name(thread).startsWith("ForkJoinPool-1-"))
                    .count();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm"));
        } catch (IOException ended) {
            return "";
        }
    }

    private static String net(String thread) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", thread, "ns/net")).toString();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
