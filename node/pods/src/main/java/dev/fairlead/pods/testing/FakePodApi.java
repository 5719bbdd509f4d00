// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.testing;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.PodApi;
import dev.fairlead.pods.environment.Values;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Pod objects in memory, with just as much behaviour as a node needs: status writes are merged (conditions by type),
 * deletion with a grace period sets the deletion timestamp, deletion without one removes the object, and whoever follows
 * is told each change in order. Every account has tokens; those of {@code shy} are not mounted unasked.
 */
public final class FakePodApi implements PodApi {
    private final Map<ObjectName, Map<String, Object>> pods = new LinkedHashMap<>();
    private final Map<ObjectName, Map<String, String>> entries = new LinkedHashMap<>();
    private final List<Map<String, Object>> written = new ArrayList<>();
    private @Nullable BiConsumer<@Nullable Tree, @Nullable Tree> follower;
    private final Time time;
    private final AtomicInteger tokens = new AtomicInteger();
    private int refusals;

    /** No pods yet; {@code time} dates deletions and measures the patience of {@link #await}. */
    public FakePodApi(Time time) {
        this.time = time;
    }

    /** Tells {@code told} of every pod there is and of every change, as (old, new); replaces the one before. */
    public synchronized void follow(BiConsumer<@Nullable Tree, @Nullable Tree> told) {
        follower = told;
        pods.values().forEach(pod -> told.accept(null, new Tree(pod)));
    }

    /** Nobody is told any more. */
    public synchronized void unfollow() {
        follower = null;
    }

    /** Adds a pod. */
    public synchronized void create(Map<String, Object> pod) {
        replace(name(pod), pod);
    }

    /** Asks for a pod's end, as {@code kubectl delete} does; 0 removes the object at once. */
    public synchronized void requestDeletion(ObjectName name, long graceSeconds) {
        Map<String, Object> pod = pods.get(name);
        if (pod == null || graceSeconds == 0) {
            replace(name, null);
            return;
        }
        Map<String, Object> changed = new LinkedHashMap<>(pod);
        Map<String, Object> meta =
                new LinkedHashMap<>(Tree.of(pod.get("metadata")).fields());
        meta.put("deletionTimestamp", time.now().plusSeconds(graceSeconds).toString());
        meta.put("deletionGracePeriodSeconds", graceSeconds);
        changed.put("metadata", meta);
        replace(name, changed);
    }

    /** Sets the entries of a ConfigMap or Secret. */
    public synchronized void set(ObjectName name, Map<String, String> values) {
        entries.put(name, Map.copyOf(values));
    }

    /** Has the next {@code count} writes fail as if the API were away. */
    public synchronized void refuse(int count) {
        refusals = count;
    }

    /** The pod as it is now, or null. */
    public synchronized @Nullable Tree get(ObjectName name) {
        Map<String, Object> pod = pods.get(name);
        return pod == null ? null : new Tree(pod);
    }

    /** Every status written, in order. */
    public synchronized List<Map<String, Object>> written() {
        return List.copyOf(written);
    }

    /**
     * Waits until the pod is as wanted; the empty tree stands for no pod.
     *
     * @throws IllegalStateException with the pod as it is, when that takes longer than {@code patience}
     */
    public synchronized Tree await(ObjectName name, Duration patience, Predicate<Tree> wanted)
            throws InterruptedException {
        long end = time.nanos() + patience.toNanos();
        while (true) {
            Map<String, Object> pod = pods.get(name);
            Tree tree = pod == null ? Tree.EMPTY : new Tree(pod);
            if (wanted.test(tree)) {
                return tree;
            }
            long left = (end - time.nanos()) / 1_000_000;
            if (left <= 0) {
                throw new IllegalStateException("after " + patience + " pod " + name + " is " + tree.fields());
            }
            wait(left);
        }
    }

    @Override
    public synchronized Answer writeStatus(ObjectName name, String uid, Map<String, Object> status) {
        if (refusals > 0) {
            refusals--;
            return Answer.RETRY;
        }
        Map<String, Object> pod = pods.get(name);
        if (pod == null || !uid(pod).equals(uid)) {
            return Answer.GONE;
        }
        written.add(status);
        Map<String, Object> merged =
                new LinkedHashMap<>(Tree.of(pod.get("status")).fields());
        List<Object> conditions = mergedConditions(Tree.of(merged), new Tree(status));
        merged.putAll(status);
        merged.put("conditions", conditions);
        Map<String, Object> changed = new LinkedHashMap<>(pod);
        changed.put("status", merged);
        replace(name, changed);
        return Answer.DONE;
    }

    @Override
    public synchronized Answer delete(ObjectName name, String uid) {
        Map<String, Object> pod = pods.get(name);
        if (pod == null || !uid(pod).equals(uid)) {
            return Answer.GONE;
        }
        replace(name, null);
        return Answer.DONE;
    }

    @Override
    public synchronized Values.@Nullable Entries entries(boolean secret, ObjectName name) {
        Map<String, String> texts = entries.get(name);
        return texts == null ? null : Values.Entries.of(texts);
    }

    @Override
    public Token token(ObjectName account, ObjectName pod, String uid, String audience, long seconds) {
        String text = "token " + tokens.incrementAndGet() + " of " + account + " for " + pod;
        return new Token(text, time.now().plusSeconds(seconds));
    }

    @Override
    public boolean mountsTokens(ObjectName account) {
        return !account.name().equals("shy");
    }

    private static List<Object> mergedConditions(Tree before, Tree now) {
        Map<String, Object> byType = new LinkedHashMap<>();
        before.trees("conditions").forEach(condition -> byType.put(condition.text("type", ""), condition.fields()));
        now.trees("conditions").forEach(condition -> byType.put(condition.text("type", ""), condition.fields()));
        return List.copyOf(byType.values());
    }

    private void replace(ObjectName name, @Nullable Map<String, Object> pod) {
        Map<String, Object> before = pod == null ? pods.remove(name) : pods.put(name, pod);
        if (follower != null && (before != null || pod != null)) {
            follower.accept(before == null ? null : new Tree(before), pod == null ? null : new Tree(pod));
        }
        notifyAll();
    }

    private static ObjectName name(Map<String, Object> pod) {
        Tree meta = Tree.of(pod.get("metadata"));
        return new ObjectName(meta.text("namespace", "default"), meta.text("name", ""));
    }

    private static String uid(Map<String, Object> pod) {
        return Tree.of(pod.get("metadata")).text("uid", "");
    }
}
