// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.custom.CustomKinds;
import dev.fairlead.apiserver.custom.CustomRules;
import dev.fairlead.apiserver.custom.DefinitionRules;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Definition;
import dev.fairlead.core.definition.Definitions;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.definition.UniqueOwners;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What an object has to pass before it is stored: defaults, the rules of its kind, allocation. */
public final class Admission {
    private final ClusterNetwork network;
    private final ServiceAdmission services;
    private final PoolSpace poolSpace;
    private final IngressClasses classes;

    /** Admission to a cluster; Services have one of their own, and LoadBalancerPools are kept apart. */
    public Admission(ClusterNetwork network, ServiceAdmission services, PoolSpace poolSpace, IngressClasses classes) {
        this.network = network;
        this.services = services;
        this.poolSpace = poolSpace;
        this.classes = classes;
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
        CustomKind custom = resource.custom();
        if (custom != null) {
            return new CustomRules(custom);
        }
        return CustomKinds.areDefinedBy(resource)
                ? new DefinitionRules()
                : Definitions.of(resource.group(), resource.kind());
    }

    /** Whether this is the kind whose objects hold addresses and ports. */
    static boolean isService(Resource resource) {
        return resource.qualified().equals("services");
    }

    /** A new object; a dry run reserves nothing for it. */
    Admitted create(Resource resource, Map<String, Object> given, boolean dryRun) {
        Definition rules = rules(resource);
        UniqueOwners unique = UniqueOwners.of(given);
        Map<String, Object> object = rules.forCreate(classes.classed(resource, rules.defaulted(unique.object())));
        List<String> warnings = unique.warningsAnd(rules.warnings(object, Map.of()));
        return isService(resource)
                ? services.admit(resource, object, null, warnings, dryRun)
                : admitted(resource, object, rules.validateCreate(object, network), warnings);
    }

    /** An object that replaces {@code old}. */
    Admitted update(Resource resource, Map<String, Object> given, Map<String, Object> old, boolean dryRun) {
        Definition rules = rules(resource);
        UniqueOwners unique = UniqueOwners.of(given);
        Map<String, Object> object = rules.forUpdate(rules.defaulted(unique.object()), old);
        List<String> warnings = unique.warningsAnd(rules.warnings(object, old));
        return isService(resource)
                ? services.admit(resource, object, old, warnings, dryRun)
                : admitted(resource, object, rules.validateUpdate(object, old, network), warnings);
    }

    private Admitted admitted(
            Resource resource, Map<String, Object> object, List<Invalid> errors, List<String> warnings) {
        if (!poolSpace.keeps(resource)) {
            refuse(resource, object, errors);
            return new Admitted(object, List.of(), warnings);
        }
        List<Write> turn = poolSpace.turn();
        List<Invalid> all = new ArrayList<>(errors);
        all.addAll(poolSpace.overlaps(object));
        refuse(resource, object, all);
        return new Admitted(object, turn, warnings);
    }

    /** An object whose status replaces that of {@code old}. */
    Admitted status(Resource resource, Map<String, Object> given, Map<String, Object> old) {
        Definition rules = rules(resource);
        UniqueOwners unique = UniqueOwners.of(given);
        Map<String, Object> object = rules.forStatus(unique.object(), old);
        refuse(resource, object, rules.validateStatus(object, old, network));
        return new Admitted(object, List.of(), unique.warnings());
    }

    /** What else goes when {@code object} goes. */
    List<Write> release(Resource resource, Map<String, Object> object) {
        return isService(resource) ? services.release(object) : List.of();
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
