// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.rbac;

import dev.fairlead.apiserver.access.Act;
import dev.fairlead.apiserver.access.Decision;
import dev.fairlead.apiserver.access.Rule;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.persistent.PersistentMap;
import dev.fairlead.wire.exchange.Request.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All roles and bindings as one value.
 *
 * <p>How it decides: who asks is a user and some groups. For each of them, first for the whole cluster, then for the namespace
 * asked about, the index has the bindings that name it; each leads to a role; the first rule that allows the act decides.
 * Example: {@code jane} of {@code system:authenticated} wants {@code get pods} in {@code shop}: four look-ups ("" and shop, for
 * her and for her group), however many bindings others have.
 *
 * <p>A ClusterRole with selectors has the rules of all ClusterRoles with such labels; they are gathered when a role changes,
 * never when somebody asks.
 */
final class Policy {
    /** Whom a binding in {@code namespace} names; what the index is by. */
    private record Place(String namespace, boolean group, String name) {}

    private record Grant(Binding binding, Binding.Holder holder) {}

    /** One that allows nobody anything. */
    static final Policy EMPTY = new Policy(PersistentMap.empty(), PersistentMap.empty(), PersistentMap.empty());

    /** Cluster roles have no namespace. */
    private final PersistentMap<ObjectName, Role> roles;

    private final PersistentMap<ObjectName, Binding> bindings;
    private final PersistentMap<Place, List<Grant>> index;

    private Policy(
            PersistentMap<ObjectName, Role> roles,
            PersistentMap<ObjectName, Binding> bindings,
            PersistentMap<Place, List<Grant>> index) {
        this.roles = roles;
        this.bindings = bindings;
        this.index = index;
    }

    /** The policy in which these roles are as given; null: gone. */
    Policy withRoles(Map<ObjectName, @Nullable Role> changes) {
        PersistentMap<ObjectName, Role> changed = roles;
        for (Map.Entry<ObjectName, @Nullable Role> change : changes.entrySet()) {
            Role role = change.getValue();
            changed = role == null ? changed.without(change.getKey()) : changed.with(change.getKey(), role);
        }
        boolean cluster =
                changes.keySet().stream().anyMatch(name -> name.namespace().isEmpty());
        return new Policy(cluster ? gathered(changed) : changed, bindings, index);
    }

    private static PersistentMap<ObjectName, Role> gathered(PersistentMap<ObjectName, Role> roles) {
        List<ObjectName> gathering = roles.keys().stream()
                .filter(name -> Objects.requireNonNull(roles.get(name)).gathers())
                .toList();
        PersistentMap<ObjectName, Role> gathered = roles;
        for (ObjectName name : gathering) {
            Role role = Objects.requireNonNull(roles.get(name));
            gathered = gathered.with(name, role.with(List.copyOf(gather(roles, role, new HashSet<>()))));
        }
        return gathered;
    }

    private static Set<Rule> gather(PersistentMap<ObjectName, Role> roles, Role role, Set<ObjectName> met) {
        Set<Rule> rules = new LinkedHashSet<>();
        List<ObjectName> names = roles.keys().stream()
                .filter(name -> name.namespace().isEmpty())
                .sorted(java.util.Comparator.comparing(ObjectName::name))
                .toList();
        for (ObjectName name : names) {
            Role other = Objects.requireNonNull(roles.get(name));
            if (role.gathers(other) && met.add(name)) {
                rules.addAll(other.gathers() ? gather(roles, other, met) : other.rules());
            }
        }
        return rules;
    }

    /** The policy in which the binding of that name is as given; null: gone. */
    Policy with(ObjectName name, @Nullable Binding binding) {
        Binding before = bindings.get(name);
        PersistentMap<Place, List<Grant>> grants = index;
        if (before != null) {
            for (Binding.Holder holder : before.holders()) {
                grants = without(grants, place(before, holder), before);
            }
        }
        if (binding == null) {
            return new Policy(roles, bindings.without(name), grants);
        }
        for (Binding.Holder holder : binding.holders()) {
            Place place = place(binding, holder);
            List<Grant> more = new ArrayList<>(grants.get(place, List.of()));
            more.add(new Grant(binding, holder));
            grants = grants.with(place, List.copyOf(more));
        }
        return new Policy(roles, bindings.with(name, binding), grants);
    }

    private static PersistentMap<Place, List<Grant>> without(
            PersistentMap<Place, List<Grant>> grants, Place place, Binding binding) {
        List<Grant> rest = grants.get(place, List.of()).stream()
                .filter(grant -> !grant.binding().name().equals(binding.name()))
                .toList();
        return rest.isEmpty() ? grants.without(place) : grants.with(place, rest);
    }

    private static Place place(Binding binding, Binding.Holder holder) {
        return new Place(binding.name().namespace(), holder.group(), holder.name());
    }

    /** Whether {@code user} may do {@code act}. */
    Decision decide(User user, Act act) {
        String namespace = act instanceof Act.OnObject object ? object.namespace() : "";
        Set<String> amiss = new LinkedHashSet<>();
        Decision decision = decide(user, act, "", amiss);
        if (decision == null && !namespace.isEmpty()) {
            decision = decide(user, act, namespace, amiss);
        }
        return decision != null ? decision : new Decision(false, amiss.isEmpty() ? "" : "RBAC: " + problems(amiss));
    }

    private static String problems(Set<String> amiss) {
        return amiss.size() == 1 ? amiss.iterator().next() : "[" + String.join(", ", amiss) + "]";
    }

    private @Nullable Decision decide(User user, Act act, String namespace, Set<String> amiss) {
        Decision decision = decide(index.get(new Place(namespace, false, user.name()), List.of()), act, amiss);
        for (String group : user.groups()) {
            if (decision != null) {
                return decision;
            }
            decision = decide(index.get(new Place(namespace, true, group), List.of()), act, amiss);
        }
        return decision;
    }

    private @Nullable Decision decide(List<Grant> grants, Act act, Set<String> amiss) {
        for (Grant grant : grants) {
            Role role = roles.get(grant.binding().role());
            if (role == null) {
                amiss.add(grant.binding().dangling());
                continue;
            }
            for (Rule rule : role.rules()) {
                if (rule.allows(act)) {
                    return new Decision(true, grant.binding().reason(grant.holder()));
                }
            }
        }
        return null;
    }

    /** Every rule that {@code user} has in {@code namespace}; empty: in all of the cluster. */
    List<Rule> rules(User user, String namespace) {
        Set<Rule> rules = new LinkedHashSet<>();
        for (String scope : namespace.isEmpty() ? List.of("") : List.of("", namespace)) {
            collect(new Place(scope, false, user.name()), rules);
            user.groups().forEach(group -> collect(new Place(scope, true, group), rules));
        }
        return List.copyOf(rules);
    }

    private void collect(Place place, Set<Rule> rules) {
        for (Grant grant : index.get(place, List.of())) {
            Role role = roles.get(grant.binding().role());
            if (role != null) {
                rules.addAll(role.rules());
            }
        }
    }

    /** The rules of a role; null when there is none of that name. */
    @Nullable
    List<Rule> rulesOf(ObjectName role) {
        Role found = roles.get(role);
        return found == null ? null : found.rules();
    }
}
