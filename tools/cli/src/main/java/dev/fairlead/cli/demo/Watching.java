// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Follows the shop's pods: who is there, and when each became ready and stopped being so. */
final class Watching implements AutoCloseable {
    private final Informer<Pod> pods;
    private final Map<String, Long> readyAt = new ConcurrentHashMap<>();
    private final Map<String, Long> unreadyAt = new ConcurrentHashMap<>();

    Watching(ApiClient client, String namespace, Time time) {
        pods = new Informer<>(
                client, Resources.PODS, Selection.in(namespace), Pod::from, time, new SplittableRandom(1));
        pods.handle((name, old, now, revision) -> note(name, old, now));
        pods.start();
    }

    private synchronized void note(ObjectName name, @Nullable Pod old, @Nullable Pod now) {
        boolean before = old != null && takesTraffic(old);
        boolean after = now != null && takesTraffic(now);
        if (after && !before) {
            readyAt.putIfAbsent(name.name(), System.nanoTime());
            unreadyAt.remove(name.name());
        } else if (before && !after) {
            unreadyAt.put(name.name(), System.nanoTime());
        }
        notifyAll();
    }

    private static boolean takesTraffic(Pod pod) {
        return pod.ready() && !pod.meta().deleting();
    }

    /** When each pod first became ready, in nanoseconds of the monotonic clock. */
    Map<String, Long> readyAt() {
        return readyAt;
    }

    /** When each pod stopped being ready, or was told to end, for good. */
    Map<String, Long> unreadyAt() {
        return unreadyAt;
    }

    /** The pods with that label {@code app}. */
    List<Pod> of(String app) {
        return pods.all().stream()
                .filter(pod -> app.equals(pod.meta().labels().get("app")))
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
    }

    /** How many pods of {@code app} are ready, if none is on its way in or out; else -1. */
    int settled(String app) {
        List<Pod> all = of(app);
        boolean moving = all.stream().anyMatch(pod -> !takesTraffic(pod));
        return moving ? -1 : all.size();
    }

    /** Waits until the pods of {@code app} are as wanted; false after {@code patience}. */
    synchronized boolean await(String app, Predicate<List<Pod>> wanted, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!wanted.test(of(app))) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** Waits until {@code count} pods of {@code app} are ready and no other is there. */
    boolean awaitSettled(String app, int count, Duration patience) throws InterruptedException {
        return await(app, all -> settled(app) == count, patience);
    }

    @Override
    public void close() {
        pods.close();
    }
}
