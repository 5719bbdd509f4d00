// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.process.OpenPorts;
import dev.fairlead.kernel.process.ProcessStatus;
import dev.fairlead.pods.log.Logs;
import dev.fairlead.pods.log.PodLogs;
import dev.fairlead.pods.network.PodNetwork;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.wire.exchange.Command;
import dev.fairlead.wire.exchange.RunningCommand;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The pods of this node. Told of pod objects by {@link #observe}, it keeps one owner for each that is bound here; pods
 * of an earlier life are adopted from their records, and ended when their object turns out to be gone.
 *
 * {@snippet :
 * var pods = new Pods(settings, PodApi.of(client), network, rotation, events, services, time);
 * pods.start();                    // reads the records, takes their addresses
 * informer.handle(pods::observe);  // (old, new), either may be null
 * pods.synced();                   // the first list is complete: what has no object any more is ended
 * pods.close();                    // processes go on running; endAll() ends them
 * }
 */
public final class Pods implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Pods.class.getName());
    private static final Duration AFTER_GRACE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PodContext context;
    private final PodLogs podLogs;
    private final Map<String, PodOwner> owners = new ConcurrentHashMap<>();
    private final Map<String, PodRecord> unclaimed = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Nothing runs before {@link #start}. */
    public Pods(
            PodSettings settings,
            PodApi api,
            PodNetwork network,
            Rotation rotation,
            PodEvents events,
            ServiceSource services,
            Time time) {
        Logs logs = new Logs(settings.directory().resolve("logs"), settings.logs(), time);
        NodeStatus.Capacity capacity = ThisMachine.capacity();
        this.context = new PodContext(
                settings,
                api,
                network,
                rotation,
                events,
                services,
                new Records(settings.directory()),
                logs,
                Map.of("cpu", (long) capacity.processors(), "memory", capacity.memory()),
                time);
        this.podLogs = new PodLogs(logs, this::source, time);
    }

    /** Reads the records of the life before and takes their addresses, so that no new pod gets one of them. */
    public void start() {
        List<PodRecord> records = context.records().load();
        Leftover.killStrays(records);
        for (PodRecord record : records) {
            unclaimed.put(record.uid(), record);
            if (record.sandbox() != null) {
                context.network().reserve(record.sandbox());
            }
        }
    }

    /**
     * Takes note of a pod object; pods of other nodes are passed over.
     *
     * @param old as it was before, null when it is new
     * @param now as it is, null when it is gone
     */
    public synchronized void observe(@Nullable Tree old, @Nullable Tree now) {
        if (closed) {
            return;
        }
        String before = old == null ? "" : uid(old);
        String after = now == null ? "" : uid(now);
        if (!before.isEmpty() && !before.equals(after)) {
            PodOwner owner = owners.get(before);
            if (owner != null) {
                owner.gone();
            }
            PodRecord record = unclaimed.remove(before);
            if (record != null) {
                var _ = Leftover.end(context, record);
            }
        }
        if (now != null
                && !after.isEmpty()
                && now.tree("spec")
                        .text("nodeName", "")
                        .equals(context.settings().nodeName())) {
            owner(after, now).seen(now);
        }
    }

    /** Says that every pod object there is has been observed: records without an object are ended now. */
    public synchronized void synced() {
        List.copyOf(unclaimed.values()).forEach(record -> {
            if (unclaimed.remove(record.uid(), record)) {
                var _ = Leftover.end(context, record);
            }
        });
    }

    /** The logs of this node's pods. */
    public PodLogs logs() {
        return podLogs;
    }

    /**
     * Runs a command beside the process of a pod's container.
     *
     * @throws IOException when the container does not run, or the command cannot be started
     */
    public RunningCommand run(ObjectName pod, String container, Command command)
            throws IOException, InterruptedException {
        ContainerProcess process = asked(require(pod).process(container));
        if (process == null) {
            throw new IOException("container not found (\"" + container + "\"): it does not run");
        }
        try {
            return process.occupant().run(command);
        } catch (KernelException refused) {
            throw new IOException(
                    "cannot run a command in container " + container + ": " + refused.getMessage(), refused);
        }
    }

    /**
     * A connection to a port of a pod, as from inside of it.
     *
     * @throws IOException when nobody listens there, or the pod does not run
     */
    public Socket dial(ObjectName pod, int port) throws IOException, InterruptedException {
        Sandbox sandbox = asked(require(pod).sandbox());
        if (sandbox == null) {
            throw new IOException("pod \"" + pod.name() + "\" does not run");
        }
        return sandbox.dial(port);
    }

    private PodOwner require(ObjectName pod) throws IOException {
        return owners.values().stream()
                .filter(owner -> owner.name().equals(pod))
                .findFirst()
                .orElseThrow(() -> new IOException("pod \"" + pod.name() + "\" does not run on this node"));
    }

    private static <T extends @Nullable Object> T asked(CompletableFuture<T> answer)
            throws IOException, InterruptedException {
        try {
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException late) {
            throw new IOException("the pod's owner does not answer", late);
        }
    }

    /** Where a pod's processes wait for clients; empty when the pod is not of this node or the system does not tell. */
    public Optional<OpenPorts> openPorts(ObjectName pod) {
        Set<Long> sessions = owners.values().stream()
                .filter(owner -> owner.name().equals(pod))
                .findFirst()
                .map(PodOwner::sessions)
                .orElse(Set.of());
        if (sessions.isEmpty()) {
            return Optional.empty();
        }
        try {
            Set<Long> pids = sessions.stream()
                    .flatMap(session -> ProcessStatus.session(session).stream())
                    .map(ProcessStatus::pid)
                    .collect(Collectors.toSet());
            return Optional.of(OpenPorts.of(pids));
        } catch (KernelException | UncheckedIOException untold) {
            return Optional.empty();
        }
    }

    /** The names of the pods that have an owner now. */
    public List<ObjectName> names() {
        return owners.values().stream().map(PodOwner::name).sorted().toList();
    }

    /**
     * Ends the processes of all pods and waits for that, at most a little longer than {@code grace}. The pod objects
     * stay: the next life starts them again. Nothing else may be observed afterwards.
     */
    public void endAll(Duration grace) throws InterruptedException {
        if (!Waiting.await(context.time(), Waiting.all(beginEnds(grace)), grace.plus(AFTER_GRACE))) {
            LOG.log(System.Logger.Level.WARNING, "some pods have not ended in time");
        }
        close();
    }

    /** One with {@link #observe}, so that no pod is passed over because it is just being taken up. */
    private synchronized List<CompletableFuture<@Nullable Void>> beginEnds(Duration grace) {
        closed = true;
        List<CompletableFuture<@Nullable Void>> ends = new ArrayList<>();
        owners.values().forEach(owner -> ends.add(owner.shutDown(grace)));
        for (PodRecord record : List.copyOf(unclaimed.values())) {
            if (unclaimed.remove(record.uid(), record)) { // of the life before, and not seen again yet
                ends.add(Leftover.end(context, record));
            }
        }
        return ends;
    }

    /** Lets go of all pods; their processes go on running and are adopted by the next life. Actors end soon. */
    @Override
    public void close() {
        closed = true;
        owners.values().forEach(PodOwner::close);
        owners.clear();
        context.logs().close();
    }

    private PodOwner owner(String uid, Tree object) {
        return owners.computeIfAbsent(uid, key -> {
            PodOwner owner = new PodOwner(context, object, unclaimed.remove(key), () -> owners.remove(key));
            owner.start();
            return owner;
        });
    }

    private PodLogs.@Nullable Source source(ObjectName pod) {
        return owners.values().stream()
                .filter(owner -> owner.name().equals(pod))
                .findFirst()
                .map(PodOwner::logSource)
                .orElse(null);
    }

    private static String uid(Tree object) {
        return object.tree("metadata").text("uid", "");
    }
}
