// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;

/** The rules of Leases. */
final class LeaseDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.NONE, true, false);

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        return new Errors()
                .addAll(MetaValidation.create(new Tree(object), TRAITS.name()))
                .addAll(spec(new Tree(object).tree("spec")))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        return new Errors()
                .addAll(MetaValidation.update(new Tree(object), new Tree(old)))
                .addAll(spec(new Tree(object).tree("spec")))
                .list();
    }

    private static List<Invalid> spec(Tree spec) {
        Errors errors = new Errors();
        if (spec.has("leaseDurationSeconds") && spec.whole("leaseDurationSeconds", 0) <= 0) {
            errors.invalid(
                    "spec.leaseDurationSeconds", spec.whole("leaseDurationSeconds", 0), "must be greater than 0");
        }
        return errors.notNegative("spec.leaseTransitions", spec.whole("leaseTransitions", 0))
                .list();
    }
}
