// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rules of ControllerRevisions: what a workload once was, and never changes; only its number does. */
final class ControllerRevisionDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.NONE, false, true);

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        return Draft.copyOf(object).fill("revision", 0L).tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        return new Errors()
                .addAll(Definition.super.validateCreate(object, network))
                .addAll(own(object))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Errors errors = new Errors()
                .addAll(Definition.super.validateUpdate(object, old, network))
                .addAll(own(object));
        if (!Objects.equals(object.get("data"), old.get("data"))) {
            errors.invalid("data", object.get("data"), "field is immutable");
        }
        return errors.list();
    }

    private static List<Invalid> own(Map<String, Object> object) {
        Errors errors = new Errors();
        if (object.get("data") == null) {
            errors.required("data", "data is mandatory");
        }
        return errors.notNegative("revision", new Tree(object).whole("revision", 0))
                .list();
    }
}
