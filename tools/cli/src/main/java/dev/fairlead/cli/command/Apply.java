// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.manifest.Applying;
import dev.fairlead.cli.command.manifest.ManifestReader;
import dev.fairlead.cli.command.manifest.Plan;
import dev.fairlead.cli.command.manifest.Source;
import dev.fairlead.cli.command.manifest.Unselected;
import dev.fairlead.cli.command.output.Objects;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.wire.schema.Schema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
        List<Plan> plans = Applying.plans(
                new ManifestReader(session.kinds(), schema, session.namespace(), connecting.namespace()).read(sources),
                session,
                schema);
        return dryRun.equals("none") ? carryOut(plans, session, schema) : rehearsed(plans);
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
            Applying.Done done = Applying.carryOut(plan, session, schema, objects.size(), plans.size());
            objects.add(Objects.shown(plan.manifest().resource(), done.object()));
            tell(done.plan(), "");
        }
        print(objects);
        connecting.out().flush();
        Unselected unselected = new Unselected(session);
        for (Plan plan : plans) {
            unselected.warn(plan.manifest(), warning -> connecting.err().println("Warning: " + warning));
        }
        return 0;
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
