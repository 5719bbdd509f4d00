// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;

/** What is wrong with a Service. */
public final class ServiceValidation {
    private ServiceValidation() {}

    /** A new Service, with its families settled. */
    public static List<Invalid> create(Tree service, ClusterNetwork network) {
        return MetaValidation.create(service, Traits.NameRule.LABEL);
    }

    /** A Service that would replace {@code old}. */
    public static List<Invalid> update(Tree service, Tree old, ClusterNetwork network) {
        return MetaValidation.update(service, old);
    }
}
