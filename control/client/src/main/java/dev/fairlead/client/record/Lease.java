// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.record;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Lease that one holder keeps alive: a leader's place, or a node's heartbeat. Each call does one step, so the owner
 * decides when (every {@code duration / 3} or so) and carries annotations along with the heartbeat.
 *
 * <p>Whether another's lease has run out is judged by this process's own clock from the moment it last saw the lease
 * change, never by comparing the clocks of two machines. One owner; not for several threads at once.
 */
public final class Lease {
    private static final DateTimeFormatter MICRO =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final ApiClient client;
    private final Time time;
    private final ObjectName name;
    private final String holder;
    private final Duration duration;
    private @Nullable String seen;
    private long seenAt;

    /**
     * A lease that is not taken yet.
     *
     * @param holder who this is; unique among those who want the lease
     * @param duration after how long without renewal it has run out, at least a second
     */
    public Lease(ApiClient client, Time time, ObjectName name, String holder, Duration duration) {
        this.client = client;
        this.time = time;
        this.name = name;
        this.holder = holder;
        this.duration = duration;
    }

    /** What a lease says; read by those who watch other holders' leases. */
    public record State(
            ObjectName name,
            String holder,
            Duration duration,
            @Nullable Instant renewed,
            Map<String, String> annotations,
            String resourceVersion) {
        /** Reads a lease. */
        public static State from(Tree object) {
            Tree meta = object.tree("metadata");
            Tree spec = object.tree("spec");
            return new State(
                    new ObjectName(meta.text("namespace", ""), meta.text("name", "")),
                    spec.text("holderIdentity", ""),
                    Duration.ofSeconds(spec.whole("leaseDurationSeconds", 0)),
                    instant(spec.text("renewTime")),
                    meta.textMap("annotations"),
                    meta.text("resourceVersion", ""));
        }

        private static @Nullable Instant instant(@Nullable String text) {
            try {
                return text == null ? null : Instant.parse(text);
            } catch (DateTimeParseException notTime) {
                return null;
            }
        }
    }

    /** Renews the lease, or takes it when it is free; see {@link #hold(Map)}. */
    public boolean hold() throws IOException, InterruptedException {
        return hold(Map.of());
    }

    /**
     * Renews the lease if this holder has it, takes it if nobody has or the other's has run out.
     *
     * @param annotations set on the lease in the same write
     * @return whether this holder has it now
     * @throws IOException when the API refused for another reason than that somebody else was faster
     */
    public boolean hold(Map<String, String> annotations) throws IOException, InterruptedException {
        try {
            Tree found = client.find(Resources.LEASES, name);
            if (found == null) {
                client.create(Resources.LEASES, tree(Tree.EMPTY, annotations));
                return true;
            }
            if (!mayTake(State.from(found))) {
                return false;
            }
            client.update(Resources.LEASES, tree(found, annotations));
            return true;
        } catch (ApiError error) {
            if (error.isConflict() || error.isAlreadyExists()) {
                return false;
            }
            throw error;
        }
    }

    /** Gives the lease up, so that another need not wait until it runs out. */
    public void release() throws IOException, InterruptedException {
        Tree found = client.find(Resources.LEASES, name);
        if (found == null || !State.from(found).holder.equals(holder)) {
            return;
        }
        Map<String, Object> object = tree(found, Map.of());
        Map<String, Object> spec =
                new LinkedHashMap<>(Tree.of(object.get("spec")).fields());
        spec.put("holderIdentity", "");
        spec.put("leaseDurationSeconds", 1L);
        object.put("spec", spec);
        client.update(Resources.LEASES, object);
    }

    private boolean mayTake(State state) {
        if (state.holder.isEmpty() || state.holder.equals(holder)) {
            return true;
        }
        if (!Objects.equals(seen, state.resourceVersion)) {
            seen = state.resourceVersion;
            seenAt = time.nanos();
            return false;
        }
        return time.nanos() - seenAt > state.duration.toNanos();
    }

    private Map<String, Object> tree(Tree found, Map<String, String> annotations) {
        String now = MICRO.format(time.now());
        Tree old = found.tree("spec");
        boolean mine = old.text("holderIdentity", "").equals(holder);
        Map<String, Object> spec = new LinkedHashMap<>(old.fields());
        spec.put("holderIdentity", holder);
        spec.put("leaseDurationSeconds", Math.max(1, duration.toSeconds()));
        spec.put("renewTime", now);
        if (!mine) {
            spec.put("acquireTime", now);
            long transitions = old.whole("leaseTransitions", found.fields().isEmpty() ? -1 : 0);
            spec.put("leaseTransitions", transitions + 1);
        }
        Map<String, Object> metadata =
                new LinkedHashMap<>(found.tree("metadata").fields());
        metadata.put("namespace", name.namespace());
        metadata.put("name", name.name());
        if (!annotations.isEmpty()) {
            Map<String, Object> all = new LinkedHashMap<>(
                    found.tree("metadata").tree("annotations").fields());
            all.putAll(annotations);
            metadata.put("annotations", all);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", "coordination.k8s.io/v1");
        object.put("kind", "Lease");
        object.put("metadata", metadata);
        object.put("spec", spec);
        return object;
    }
}
