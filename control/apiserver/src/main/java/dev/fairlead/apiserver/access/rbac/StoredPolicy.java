// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.rbac;

import dev.fairlead.apiserver.access.Act;
import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.apiserver.access.Decision;
import dev.fairlead.apiserver.access.Rule;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.CompactedException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Event;
import dev.fairlead.store.Range;
import dev.fairlead.store.Store;
import dev.fairlead.store.Watch;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The policy that the store's roles and bindings make, always as of the newest revision: what one request writes counts for
 * the next. Nothing is listed and nobody waits: whoever asks first after a commit takes what the store's cursors have new,
 * and while nothing is written a decision costs nothing but the decision.
 */
public final class StoredPolicy implements Authorizer, AutoCloseable {
    private static final String GROUP = "rbac.authorization.k8s.io/v1";

    private final Store store;
    private final List<Follower> followers;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Policy policy = Policy.EMPTY;
    private volatile long seen;

    /** Follows {@code store}, which stays the caller's. */
    public StoredPolicy(Store store, Kinds kinds) {
        this.store = store;
        this.followers = List.of(
                new Follower(kinds.require(GROUP, "ClusterRole"), true),
                new Follower(kinds.require(GROUP, "Role"), true),
                new Follower(kinds.require(GROUP, "ClusterRoleBinding"), false),
                new Follower(kinds.require(GROUP, "RoleBinding"), false));
    }

    @Override
    public Decision decide(User user, Act act) {
        return Authorizer.master(user) ? Decision.OF_MASTERS : newest().decide(user, act);
    }

    @Override
    public List<Rule> rules(User user, String namespace) {
        return Authorizer.master(user) ? List.of(Rule.ALL_OBJECTS, Rule.ALL_PATHS) : newest().rules(user, namespace);
    }

    /** The rules of a role (namespace empty: a ClusterRole); null when there is none of that name. */
    @Nullable
    List<Rule> rulesOf(ObjectName role) {
        return newest().rulesOf(role);
    }

    private Policy newest() {
        long now = store.revision();
        if (now != seen) {
            lock.lock();
            try {
                if (now > seen) {
                    for (Follower follower : followers) {
                        policy = follower.follow(policy);
                    }
                    seen = now;
                }
            } finally {
                lock.unlock();
            }
        }
        return policy;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            followers.forEach(Follower::close);
        } finally {
            lock.unlock();
        }
    }

    /** Reads the changes of one kind. */
    private final class Follower {
        private final Resource kind;
        private final boolean roles;
        private final Map<String, ObjectName> known = new HashMap<>();
        private @Nullable Watch watch;

        Follower(Resource kind, boolean roles) {
            this.kind = kind;
            this.roles = roles;
        }

        Policy follow(Policy policy) {
            Watch cursor = watch;
            if (cursor == null) {
                return list(policy);
            }
            Policy now = policy;
            try {
                for (List<Event> news = cursor.look(); !news.isEmpty(); news = cursor.look()) {
                    List<Change> changes = new ArrayList<>();
                    for (Event event : news) {
                        changes.add(
                                event instanceof Event.Put put ? changed(put.entry()) : new Change(event.key(), null));
                    }
                    now = apply(now, changes);
                }
                return now;
            } catch (CompactedException slept) {
                watch = null; // where listing fails, the next who asks lists again
                cursor.close();
                return list(now);
            }
        }

        private Policy list(Policy policy) {
            Range range = store.prefix(kind.storePrefix(), 0, 0);
            List<Change> changes = new ArrayList<>();
            Map<String, ObjectName> gone = new HashMap<>(known);
            for (Entry entry : range.entries()) {
                gone.remove(entry.key());
                changes.add(changed(entry));
            }
            gone.keySet().forEach(key -> changes.add(new Change(key, null)));
            watch = store.watch(kind.storePrefix(), range.revision());
            return apply(policy, changes);
        }

        private Change changed(Entry entry) {
            return new Change(entry.key(), new Tree(Json.object(entry.value())));
        }

        private Policy apply(Policy policy, List<Change> changes) {
            Map<ObjectName, @Nullable Role> changedRoles = new HashMap<>();
            Policy now = policy;
            for (Change change : changes) {
                Tree object = change.object();
                ObjectName name = name(change);
                if (roles) {
                    changedRoles.put(name, object == null ? null : Role.from(object));
                } else {
                    now = now.with(name, object == null ? null : Binding.from(object));
                }
            }
            return changedRoles.isEmpty() ? now : now.withRoles(changedRoles);
        }

        private ObjectName name(Change change) {
            if (change.object() == null) {
                ObjectName name = known.remove(change.key());
                return name != null ? name : new ObjectName("", change.key());
            }
            Tree meta = change.object().tree("metadata");
            ObjectName name = new ObjectName(meta.text("namespace", ""), meta.text("name", ""));
            known.put(change.key(), name);
            return name;
        }

        void close() {
            if (watch != null) {
                watch.close();
            }
        }
    }

    private record Change(String key, @Nullable Tree object) {}
}
