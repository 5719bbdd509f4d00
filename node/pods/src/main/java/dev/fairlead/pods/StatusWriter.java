// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Writes one pod's status: always the newest, never two at a time, again until it is written or the pod is gone. A
 * status that is replaced before its turn is not written at all, but for one: that a pod is ready no more is written though it
 * may be ready again by then, so that whoever sends it connections stops until its new process is there.
 */
final class StatusWriter {
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    private final PodApi api;
    private final Time time;
    private final ObjectName name;
    private final String uid;
    private @Nullable Map<String, Object> wanted;
    private @Nullable Map<String, Object> fall; // to be written before what is wanted
    private boolean toldReady; // or it is being told
    private @Nullable Map<String, Object> offered;
    private CompletableFuture<@Nullable Void> quiet = CompletableFuture.completedFuture(null);
    private boolean writing;
    private boolean closed;

    StatusWriter(PodApi api, Time time, ObjectName name, String uid) {
        this.api = api;
        this.time = time;
        this.name = name;
        this.uid = uid;
    }

    /** Has {@code status} written, unless it is what was offered last. */
    synchronized void offer(Map<String, Object> status) {
        if (closed || status.equals(offered)) {
            return;
        }
        offered = status;
        Map<String, Object> before = wanted;
        if (!ready(status)) {
            fall = null;
        } else if (before != null && toldReady && !ready(before)) {
            fall = before;
        }
        wanted = status;
        if (!writing) {
            writing = true;
            quiet = new CompletableFuture<>();
            Thread.ofVirtual().name("status-" + name).start(this::drain);
        }
    }

    /** Has the last status written once more, because somebody else has written over it. */
    synchronized void repeat() {
        Map<String, Object> last = offered;
        if (!writing && last != null) {
            offered = null;
            offer(last);
        }
    }

    /** Completes when all that was offered is written, or will never be. */
    synchronized CompletableFuture<@Nullable Void> quiet() {
        return quiet.copy();
    }

    /** Writes nothing any more. */
    synchronized void close() {
        closed = true;
        wanted = null;
        fall = null;
    }

    private void drain() {
        Duration retry = FIRST_RETRY;
        for (Map<String, Object> next = take(); next != null; next = take()) {
            PodApi.Answer answer;
            try {
                answer = api.writeStatus(name, uid, next);
                if (answer == PodApi.Answer.RETRY) {
                    putBack(next);
                    Waiting.pause(time, retry);
                    Duration doubled = retry.multipliedBy(2);
                    retry = doubled.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : doubled;
                } else {
                    told(next);
                    retry = FIRST_RETRY;
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                close();
                continue;
            }
            if (answer == PodApi.Answer.GONE) {
                close();
            }
        }
    }

    private synchronized @Nullable Map<String, Object> take() {
        Map<String, Object> next = fall;
        if (next != null) {
            fall = null;
        } else {
            next = wanted;
            wanted = null;
        }
        if (next == null) {
            writing = false;
            quiet.complete(null);
        } else if (ready(next)) {
            toldReady = true;
        }
        return next;
    }

    private synchronized void told(Map<String, Object> status) {
        toldReady = ready(status);
    }

    private synchronized void putBack(Map<String, Object> status) {
        Map<String, Object> newer = wanted;
        if (closed) {
            return;
        }
        if (newer == null) {
            wanted = status;
        } else if (ready(newer) && !ready(status)) {
            fall = status;
        }
    }

    private static boolean ready(Map<String, Object> status) {
        return Tree.of(status).trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("Ready")
                        && condition.text("status", "").equals("True"));
    }
}
