// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.manifest;

import dev.fairlead.cli.command.session.Session;
import dev.fairlead.cli.command.session.Url;
import dev.fairlead.client.ApiError;
import dev.fairlead.core.definition.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Has the server check plans without carrying them out, so that nothing is done when one of them cannot be.
 *
 * <p>An object in a namespace that the same plans will create cannot be checked there: the server refuses whatever is in
 * a namespace that is not. It is checked in a namespace that is there and holds no object of that name instead.
 */
public final class Rehearsal {
    private final Session session;
    private final Set<String> coming;
    private final List<String> refused = new ArrayList<>();

    /** Checks plans of which some will create the namespaces {@code coming}. */
    public Rehearsal(Session session, Set<String> coming) {
        this.session = session;
        this.coming = coming;
    }

    /** Checks each; gives a line for everything the server refuses. */
    public List<String> run(List<Plan> plans) throws IOException, InterruptedException {
        for (Plan plan : plans) {
            try {
                check(plan);
            } catch (ApiError error) {
                refused.addAll(Refused.lines(plan.manifest(), error));
            }
        }
        return refused;
    }

    private void check(Plan plan) throws IOException, InterruptedException {
        Manifest manifest = plan.manifest();
        if (plan.live() != null || !coming.contains(manifest.namespace())) {
            plan.run(session, true);
            return;
        }
        for (Tree namespace : session.ask(new Url("/api/v1/namespaces")).trees("items")) {
            String name = namespace.tree("metadata").text("name", "");
            if (namespace.tree("metadata").has("deletionTimestamp")) {
                continue;
            }
            Plan elsewhere = Plan.absent(manifest.in(name));
            try {
                elsewhere.run(session, true);
                return;
            } catch (ApiError error) {
                if (!error.isAlreadyExists()) {
                    throw error;
                }
            }
        }
    }
}
