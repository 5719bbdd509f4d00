// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.Tree;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How something is to be deleted.
 *
 * @param grace seconds a pod has for its end; null for its own
 * @param policy {@code Background}, {@code Foreground}, {@code Orphan}, or empty
 * @param uid the identity it must have; empty for any
 * @param version the resourceVersion it must have; empty for any
 * @param dryRun whether it is deleted in appearance only
 */
record DeleteOptions(@Nullable Long grace, String policy, String uid, String version, boolean dryRun) {
    private static final List<String> POLICIES = List.of("Background", "Foreground", "Orphan");

    /** Background, and nothing else is said. */
    static final DeleteOptions USUAL = new DeleteOptions(null, "", "", "", false);

    /** Reads the body if there is one; what it does not say the query does. */
    static DeleteOptions of(@Nullable Map<String, Object> body, Query query) {
        Tree options = body == null ? Tree.EMPTY : new Tree(body);
        String kind = options.text("kind", "");
        if (!kind.isEmpty() && !kind.equals("DeleteOptions")) {
            throw Refusal.badRequest("the body of the request is a " + kind + " and should be DeleteOptions");
        }
        Tree preconditions = options.tree("preconditions");
        Long grace = options.has("gracePeriodSeconds")
                ? Long.valueOf(options.whole("gracePeriodSeconds", 0))
                : query.whole("gracePeriodSeconds");
        String policy = options.text("propagationPolicy", query.text("propagationPolicy"));
        String orphan = options.has("orphanDependents")
                ? String.valueOf(options.truth("orphanDependents", false))
                : query.text("orphanDependents");
        if (!policy.isEmpty() && !orphan.isEmpty()) {
            throw refused(Invalid.invalid(
                    "propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set"));
        }
        if (!policy.isEmpty() && !POLICIES.contains(policy)) {
            throw refused(Invalid.notSupported("propagationPolicy", policy, POLICIES));
        }
        if (grace != null && grace < 0) {
            throw refused(Invalid.invalid("gracePeriodSeconds", grace, "must be greater than or equal to 0"));
        }
        return new DeleteOptions(
                grace,
                policy.isEmpty() && orphan.equals("true") ? "Orphan" : policy,
                preconditions.text("uid", ""),
                preconditions.text("resourceVersion", ""),
                Call.dryRun("DeleteOptions", options.has("dryRun") ? options.texts("dryRun") : query.texts("dryRun")));
    }

    private static Refusal refused(Invalid error) {
        return Refusal.invalid("meta.k8s.io", "DeleteOptions", "", List.of(error));
    }

    /** The finalizer that makes the garbage collector treat dependents as asked; empty for none. */
    String finalizer() {
        return switch (policy) {
            case "Foreground" -> "foregroundDeletion";
            case "Orphan" -> "orphan";
            default -> "";
        };
    }
}
