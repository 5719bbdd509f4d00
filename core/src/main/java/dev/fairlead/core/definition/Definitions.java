// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static dev.fairlead.core.definition.Traits.Generation.NONE;
import static dev.fairlead.core.definition.Traits.Generation.SPEC;
import static dev.fairlead.core.definition.Traits.Generation.SPEC_AND_LABELS;
import static dev.fairlead.core.definition.Traits.NameRule.LABEL;
import static dev.fairlead.core.definition.Traits.NameRule.PATH_SEGMENT;
import static dev.fairlead.core.definition.Traits.NameRule.SUBDOMAIN;

/** Which rules each kind has. A kind without rules of its own is kept as it is, its metadata checked. */
public final class Definitions {
    private Definitions() {}

    /**
     * The rules of a kind.
     *
     * @param group the API group, empty for the core group
     * @param kind the kind's name: {@code Service}
     */
    public static Definition of(String group, String kind) {
        return switch (group) {
            case "" -> core(kind);
            case "apps" -> apps(kind);
            case "discovery.k8s.io" -> plain(SUBDOMAIN, SPEC_AND_LABELS, false, true);
            case "coordination.k8s.io" -> plain(SUBDOMAIN, NONE, true, false);
            case "events.k8s.io" -> plain(SUBDOMAIN, NONE, true, true);
            case "networking.k8s.io" -> plain(SUBDOMAIN, SPEC, false, true);
            default -> plain(PATH_SEGMENT, NONE, true, true);
        };
    }

    private static Definition core(String kind) {
        return switch (kind) {
            case "Service" -> plain(LABEL, NONE, true, true);
            case "Endpoints" -> plain(SUBDOMAIN, NONE, true, true);
            case "Namespace" -> plain(LABEL, NONE, false, true);
            case "Pod" -> plain(SUBDOMAIN, SPEC, false, true);
            case "Event" -> plain(SUBDOMAIN, NONE, true, true);
            default -> plain(SUBDOMAIN, NONE, false, true);
        };
    }

    private static Definition apps(String kind) {
        return plain(SUBDOMAIN, kind.equals("ControllerRevision") ? NONE : SPEC, false, true);
    }

    private static Definition plain(
            Traits.NameRule name, Traits.Generation generation, boolean createOnUpdate, boolean unconditional) {
        Traits traits = new Traits(name, generation, createOnUpdate, unconditional);
        return () -> traits;
    }
}
