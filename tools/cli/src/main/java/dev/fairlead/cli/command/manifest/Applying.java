// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.manifest;

import dev.fairlead.cli.command.Failure;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.client.ApiError;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.schema.Schema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Applies manifests: first finds out what is to do and whether all of it can be done, then does it. */
public final class Applying {
    private Applying() {}

    /** A plan that was carried out, and the object as it is since. */
    public record Done(Plan plan, Tree object) {}

    /**
     * What is to do for each manifest, namespaces first. The server has checked all of it; nothing is done yet.
     *
     * @throws Failure with a line for everything that is refused
     */
    public static List<Plan> plans(List<Manifest> manifests, Session session, Schema schema)
            throws IOException, InterruptedException {
        List<Plan> plans = new ArrayList<>();
        for (Manifest manifest : namespacesFirst(manifests)) {
            plans.add(Plan.of(manifest, session, schema));
        }
        List<String> refused = new Rehearsal(session, coming(plans)).run(plans);
        if (!refused.isEmpty()) {
            throw new Failure(String.join("\n", refused));
        }
        return plans;
    }

    private static List<Manifest> namespacesFirst(List<Manifest> manifests) {
        return manifests.stream()
                .sorted(Comparator.comparing(
                        manifest -> !manifest.resource().kind().equals("Namespace")))
                .toList();
    }

    /** The namespaces that will be there only afterwards. */
    private static Set<String> coming(List<Plan> plans) {
        return plans.stream()
                .filter(plan ->
                        plan.live() == null && plan.manifest().resource().kind().equals("Namespace"))
                .map(plan -> plan.manifest().name())
                .collect(Collectors.toSet());
    }

    /**
     * Carries one out. An object that somebody has made since the plan is changed instead.
     *
     * @param done how many of {@code all} were carried out before
     * @throws Failure when the server refuses, saying how far things went
     */
    public static Done carryOut(Plan plan, Session session, Schema schema, int done, int all)
            throws IOException, InterruptedException {
        try {
            return new Done(plan, plan.run(session, false));
        } catch (ApiError overtaken) {
            if (!overtaken.isAlreadyExists()) {
                throw stopped(plan, overtaken, done, all);
            }
            Plan again = Plan.of(plan.manifest(), session, schema);
            return new Done(again, again.run(session, false));
        }
    }

    private static Failure stopped(Plan plan, ApiError error, int done, int all) {
        String lines = String.join("\n", Refused.lines(plan.manifest(), error));
        return new Failure(
                done == 0 ? lines : lines + "\n" + done + " of " + all + " objects were applied before this one",
                error);
    }
}
