// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.client.record.Lease;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.NodeNotes;
import dev.fairlead.pods.NodeStatus;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the Node object and its lease: that the node lives, and through which revision it is programmed. The lease is
 * renewed every ten seconds, and as soon as a revision is programmed for which somebody may be waiting.
 */
final class Heartbeat implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Heartbeat.class.getName());
    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration LEASE = Duration.ofSeconds(40);

    private final ApiClient client;
    private final NodeStatus node;
    private final Progress progress;
    private final Time time;
    private final Lease lease;
    private final Semaphore due = new Semaphore(0);
    private final AtomicLong wanted = new AtomicLong();
    private volatile long told;
    private volatile String notes = "";
    private volatile boolean registered;
    private final Thread thread;

    Heartbeat(ApiClient client, NodeStatus node, Progress progress, Time time) {
        this.client = client;
        this.node = node;
        this.progress = progress;
        this.time = time;
        this.lease = new Lease(client, time, new ObjectName(NodeLease.NAMESPACE, node.name()), node.name(), LEASE);
        progress.listen(this::tellIfDue);
        this.thread = Thread.ofVirtual().name("heartbeat").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Somebody may wait for that revision: tell as soon as it is programmed. */
    void tell(long revision) {
        wanted.accumulateAndGet(revision, Math::max);
        tellIfDue();
    }

    /** Says {@code text} on the lease from now on, and at once. */
    void note(String text) {
        notes = text;
        due.release();
    }

    /** Somebody says of this node that it is not ready: says once more how it is. */
    void contradict() {
        registered = false;
        due.release();
    }

    private void tellIfDue() {
        long revision = wanted.get();
        if (told < revision && progress.programmed() >= revision) {
            due.release();
        }
    }

    /** Makes the Node object, or brings its status up to date. */
    void register() throws IOException, InterruptedException {
        Tree found = client.find(Resources.NODES, new ObjectName("", node.name()));
        if (found == null) {
            try {
                client.create(Resources.NODES, node.object(true, time.now()));
            } catch (ApiError raced) {
                if (!raced.isAlreadyExists()) {
                    throw raced;
                }
            }
            return;
        }
        Map<String, Object> object = new LinkedHashMap<>(found.fields());
        object.put("status", node.status(found.tree("status"), true, time.now()));
        client.updateStatus(Resources.NODES, object);
    }

    private void run() {
        try {
            while (true) {
                Duration pause = BEAT;
                try {
                    if (!registered) {
                        registered = true;
                        register();
                    }
                    long programmed = progress.programmed();
                    if (lease.hold(
                            Map.of(NodeLease.PROGRAMMED, Long.toString(programmed), NodeNotes.ANNOTATION, notes))) {
                        told = programmed;
                        tellIfDue(); // what was programmed meanwhile
                    } else {
                        pause = AGAIN;
                    }
                } catch (IOException refused) {
                    registered = false;
                    pause = AGAIN;
                    LOG.log(Level.DEBUG, "the node's lease was not renewed: {0}", refused.getMessage());
                }
                Time.Timer alarm = time.schedule(pause, due::release);
                due.acquire();
                due.drainPermits();
                alarm.cancel();
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes the lease away: it is known that this node sends nothing any more, so nobody has to wait for it. */
    void giveUp() throws InterruptedException {
        close();
        thread.join();
        try {
            client.deleteIfThere(Resources.LEASES, new ObjectName(NodeLease.NAMESPACE, node.name()), Deletion.DEFAULT);
        } catch (IOException refused) {
            LOG.log(Level.DEBUG, "the node's lease was not given up: {0}", refused.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
