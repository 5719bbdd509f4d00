// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;

/** The rules of Services. Their addresses and ports are {@code core.allocation}'s work, between preparing and validating. */
final class ServiceDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.LABEL, Traits.Generation.NONE, true, true);

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        return ServiceDefaults.defaulted(object);
    }

    @Override
    public Map<String, Object> forCreate(Map<String, Object> object) {
        Draft draft = Draft.copyOf(Definition.super.forCreate(object));
        ServiceUpdate.mendNew(draft);
        draft.child("status").child("loadBalancer");
        return draft.tree();
    }

    @Override
    public Map<String, Object> forUpdate(Map<String, Object> object, Map<String, Object> old) {
        Draft draft = Draft.copyOf(Definition.super.forUpdate(object, old));
        ServiceUpdate.mend(draft, new Tree(old));
        draft.child("status").child("loadBalancer");
        return draft.tree();
    }

    @Override
    public Map<String, Object> forStatus(Map<String, Object> object, Map<String, Object> old) {
        return ServiceDefaults.defaulted(Definition.super.forStatus(object, old));
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        return ServiceValidation.create(new Tree(object), network);
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        return ServiceValidation.update(new Tree(object), new Tree(old), network);
    }

    @Override
    public List<Invalid> validateStatus(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        return ServiceValidation.status(new Tree(object), new Tree(old));
    }

    @Override
    public List<String> warnings(Map<String, Object> object, Map<String, Object> old) {
        return ServiceWarnings.of(new Tree(object));
    }
}
