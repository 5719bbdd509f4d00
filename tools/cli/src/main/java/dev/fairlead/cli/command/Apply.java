// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.manifest.Manifest;
import dev.fairlead.cli.command.manifest.ManifestReader;
import dev.fairlead.cli.command.manifest.Plan;
import dev.fairlead.cli.command.manifest.Refused;
import dev.fairlead.cli.command.manifest.Rehearsal;
import dev.fairlead.cli.command.manifest.Source;
import dev.fairlead.cli.command.manifest.Unselected;
import dev.fairlead.cli.command.output.Objects;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.client.ApiError;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.schema.Schema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Makes the API hold what files say. Three steps, each over all objects before the next begins: read and check here; have
 * the server check; do it.
 */
@Command(
        name = "apply",
        description =
                "Creates or changes objects as files say: apply -f shop.yaml. A file with an error changes nothing.",
        mixinStandardHelpOptions = true)
public final class Apply implements Callable<Integer> {
    private static final List<String> DRY_RUNS = List.of("none", "server", "client");

    @Mixin
    private final Connecting connecting;

    @Mixin
    private final Files files = new Files();

    @Option(
            names = "--dry-run",
            paramLabel = "none|server|client",
            arity = "0..1",
            fallbackValue = "client",
            description = "check everything and say what would be done, but do nothing")
    private String dryRun = "none";

    @Mixin
    private final Output output = new Output("yaml", "json", "name");

    /** Talks as {@code connecting} says. */
    Apply(Connecting connecting) {
        this.connecting = connecting;
    }

    @Override
    public Integer call() {
        output.check();
        if (!DRY_RUNS.contains(dryRun)) {
            throw new Failure("--dry-run=" + dryRun + ": there are " + String.join(", ", DRY_RUNS));
        }
        return connecting.run(this::apply);
    }

    private int apply(Session session) throws IOException, InterruptedException {
        Schema schema = Schema.load();
        List<Source> sources = files.read(connecting.around());
        List<Manifest> manifests = namespacesFirst(
                new ManifestReader(session.kinds(), schema, session.namespace(), connecting.namespace()).read(sources));
        List<Plan> plans = new ArrayList<>();
        for (Manifest manifest : manifests) {
            plans.add(Plan.of(manifest, session, schema));
        }
        List<String> refused = new Rehearsal(session, coming(plans)).run(plans);
        if (!refused.isEmpty()) {
            throw new Failure(String.join("\n", refused));
        }
        return dryRun.equals("none") ? carryOut(plans, session, schema) : rehearsed(plans);
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

    private int rehearsed(List<Plan> plans) {
        String how = dryRun.equals("server") ? " (server dry run)" : " (dry run)";
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Plan plan : plans) {
            tell(plan, how);
            objects.add(plan.manifest().fields());
        }
        print(objects);
        return 0;
    }

    private int carryOut(List<Plan> plans, Session session, Schema schema) throws IOException, InterruptedException {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Plan plan : plans) {
            if (plan.adopts()) {
                connecting
                        .err()
                        .println(
                                "Warning: " + told(plan)
                                        + " was not made by apply; it is taken over: what the file does not name stays as it is");
            }
            try {
                Tree object = plan.run(session, false);
                objects.add(Objects.shown(plan.manifest().resource(), object));
                tell(plan, "");
            } catch (ApiError overtaken) {
                if (!overtaken.isAlreadyExists()) {
                    throw stopped(plan, overtaken, objects.size(), plans.size());
                }
                Plan again = Plan.of(plan.manifest(), session, schema);
                objects.add(Objects.shown(again.manifest().resource(), again.run(session, false)));
                tell(again, "");
            }
        }
        print(objects);
        connecting.out().flush();
        Unselected unselected = new Unselected(session);
        for (Plan plan : plans) {
            unselected.warn(plan.manifest(), warning -> connecting.err().println("Warning: " + warning));
        }
        return 0;
    }

    private static Failure stopped(Plan plan, ApiError error, int done, int all) {
        String lines = String.join("\n", Refused.lines(plan.manifest(), error));
        return new Failure(
                done == 0 ? lines : lines + "\n" + done + " of " + all + " objects were applied before this one",
                error);
    }

    private void tell(Plan plan, String how) {
        if (output.format().isEmpty()) {
            connecting.out().println(told(plan) + " " + plan.outcome().word() + how);
        } else if (output.is("name")) {
            connecting.out().println(told(plan));
        }
    }

    private static String told(Plan plan) {
        return Objects.name(plan.manifest().resource(), plan.manifest().name());
    }

    private void print(List<Map<String, Object>> objects) {
        if (output.structured()) {
            connecting
                    .out()
                    .print(Objects.text(
                            output.format(), objects.size() == 1 ? objects.getFirst() : Objects.list(objects)));
        }
    }
}
