// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.core.allocation.Plan;
import dev.fairlead.core.allocation.ServiceAllocation;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Definition;
import dev.fairlead.core.definition.Definitions;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What an object has to pass before it is stored: defaults, the rules of its kind, allocation. */
public final class Admission {
    private final ClusterNetwork network;
    private final Reservations reservations;
    private final Kinds kinds;
    private final RandomGenerator random;

    /** @param random must be safe for use by many threads */
    public Admission(ClusterNetwork network, Reservations reservations, Kinds kinds, RandomGenerator random) {
        this.network = network;
        this.reservations = reservations;
        this.kinds = kinds;
        this.random = random;
    }

    /**
     * An object that may be stored.
     *
     * @param more writes of the same commit
     * @param warnings what its author should know
     */
    record Admitted(Map<String, Object> object, List<Write> more, List<String> warnings) {}

    /** The rules of a kind. */
    static Definition rules(Resource resource) {
        return Definitions.of(resource.group(), resource.kind());
    }

    /** Whether this is the kind whose objects hold addresses and ports. */
    static boolean isService(Resource resource) {
        return resource.qualified().equals("services");
    }

    /** A new object. */
    Admitted create(Resource resource, Map<String, Object> given) {
        Definition rules = rules(resource);
        Map<String, Object> object = rules.forCreate(rules.defaulted(given));
        if (isService(resource)) {
            return service(resource, object, null, rules.warnings(object, Map.of()));
        }
        refuse(resource, object, rules.validateCreate(object, network));
        return new Admitted(object, List.of(), rules.warnings(object, Map.of()));
    }

    /** An object that replaces {@code old}. */
    Admitted update(Resource resource, Map<String, Object> given, Map<String, Object> old) {
        Definition rules = rules(resource);
        Map<String, Object> object = rules.forUpdate(rules.defaulted(given), old);
        if (isService(resource)) {
            return service(resource, object, old, rules.warnings(object, old));
        }
        refuse(resource, object, rules.validateUpdate(object, old, network));
        return new Admitted(object, List.of(), rules.warnings(object, old));
    }

    /** An object whose status replaces that of {@code old}. */
    Admitted status(Resource resource, Map<String, Object> given, Map<String, Object> old) {
        Definition rules = rules(resource);
        Map<String, Object> object = rules.forStatus(given, old);
        refuse(resource, object, rules.validateStatus(object, old, network));
        return new Admitted(object, List.of(), List.of());
    }

    /** What else goes when {@code object} goes. */
    List<Write> release(Resource resource, Map<String, Object> object) {
        if (!isService(resource)) {
            return List.of();
        }
        ObjectName name = name(object);
        List<Write> writes = reservations.writes(ServiceAllocation.release(object), name);
        Resource endpoints = kinds.require("v1", "Endpoints");
        writes.add(Write.delete(endpoints.key(name.namespace(), name.name()), Expect.any()));
        return writes;
    }

    private Admitted service(
            Resource resource, Map<String, Object> object, @Nullable Map<String, Object> old, List<String> warnings) {
        return switch (ServiceAllocation.plan(object, old, network, reservations, random)) {
            case Plan.Accepted accepted ->
                new Admitted(accepted.service(), reservations.writes(accepted, name(object)), warnings);
            case Plan.Refused(List<Invalid> errors) ->
                throw Refusal.invalid(resource, name(object).name(), errors);
            case Plan.Exhausted(String message) -> throw Refusal.internal(message);
        };
    }

    private static void refuse(Resource resource, Map<String, Object> object, List<Invalid> errors) {
        if (!errors.isEmpty()) {
            throw Refusal.invalid(resource, name(object).name(), errors);
        }
    }

    private static ObjectName name(Map<String, Object> object) {
        Tree metadata = Tree.of(object.get("metadata"));
        return new ObjectName(metadata.text("namespace", ""), metadata.text("name", ""));
    }
}
