// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.custom;

import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Definition;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.MetaValidation;
import dev.fairlead.core.definition.Traits;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.custom.Defaulting;
import dev.fairlead.wire.custom.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rules of custom objects: their schema's. */
public record CustomRules(CustomKind kind) implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC, false, false);
    private static final String STATUS = "status";

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        return Draft.copyOf(Defaulting.apply(kind.schema(), object)).tree();
    }

    @Override
    public Map<String, Object> forCreate(Map<String, Object> object) {
        Map<String, Object> created = Definition.super.forCreate(object);
        return kind.hasStatus() ? created : withStatus(created, object);
    }

    @Override
    public Map<String, Object> forUpdate(Map<String, Object> object, Map<String, Object> old) {
        Map<String, Object> updated = Definition.super.forUpdate(object, old);
        if (kind.hasStatus()) {
            return updated;
        }
        long before = new Tree(old).tree("metadata").whole("generation", 1);
        boolean same = new Tree(updated).tree("metadata").whole("generation", 1) == before;
        if (same && !Objects.equals(object.get(STATUS), old.get(STATUS))) {
            // Without a subresource the status is a field like any other.
            AtRest.metadata(updated).put("generation", before + 1);
        }
        return withStatus(updated, object);
    }

    private static Map<String, Object> withStatus(Map<String, Object> object, Map<String, Object> from) {
        Object status = from.get(STATUS);
        if (status == null) {
            object.remove(STATUS);
        } else {
            object.put(STATUS, status);
        }
        return object;
    }

    /** All but the status stays, the metadata too. */
    @Override
    public Map<String, Object> forStatus(Map<String, Object> object, Map<String, Object> old) {
        return withStatus(Draft.copyOf(old).tree(), Draft.copyOf(object).tree());
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        List<Invalid> errors = new ArrayList<>(MetaValidation.create(new Tree(object), TRAITS.name()));
        errors.addAll(Validation.check(kind.schema(), object, null));
        return errors;
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        List<Invalid> errors = new ArrayList<>(MetaValidation.update(new Tree(object), new Tree(old)));
        errors.addAll(Validation.check(kind.schema(), object, old));
        return errors;
    }

    @Override
    public List<Invalid> validateStatus(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        return validateUpdate(object, old, network);
    }
}
