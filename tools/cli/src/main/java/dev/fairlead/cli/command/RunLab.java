// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.lab.FlowTable;
import dev.fairlead.cli.command.lab.FlowTable.Flow;
import dev.fairlead.cli.command.lab.Stage;
import dev.fairlead.cli.command.manifest.ManifestReader;
import dev.fairlead.cli.command.manifest.Source;
import dev.fairlead.cli.command.output.Columns;
import dev.fairlead.cli.command.session.Surroundings;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.schema.Schema;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fairlead lab}: plays Services on nodes that are network namespaces of this process, and sends packets through them. */
@Command(
        name = "lab",
        description = {
            "Plays Services and EndpointSlices on nodes that are network namespaces, and compares what packets meet with what"
                    + " the routes say (lab, lab flows); or runs a command on one of its hosts (lab run client curl -s"
                    + " http://10.96.0.80). Nothing of it is left when it ends."
        },
        mixinStandardHelpOptions = true)
final class RunLab implements Callable<Integer> {
    private static final String FLOWS = "flows";
    private static final String RUN = "run";
    private static final int MOST_NODES = 100;

    private final Surroundings around;

    @Mixin
    private final Files files = new Files();

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "3",
            description =
                    "at least so many nodes; those that slices name are there in any case (default: ${DEFAULT-VALUE})")
    private int nodes = 3;

    @Parameters(
            paramLabel = "flows|run HOST [COMMAND]",
            description = "send packets from everybody to every frontend, or run a command (else a shell) on a host")
    private List<String> words = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    /** Reads files as {@code around} has them. */
    RunLab(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (nodes < 1 || nodes > MOST_NODES) {
            throw new Failure("--nodes=" + nodes + " must be 1 to " + MOST_NODES);
        }
        String what = words.isEmpty() ? FLOWS : words.getFirst();
        if (what.equals(RUN) ? words.size() < 2 : !what.equals(FLOWS) || words.size() > 1) {
            throw new Failure("lab " + String.join(" ", words)
                    + ": say flows, or run HOST COMMAND, such as run client curl -s" + " http://10.96.0.80");
        }
        try {
            List<Source> sources = files.given()
                    ? files.read(around)
                    : Source.read(List.of(Example.path("lab.yaml").toString()), false, around.input());
            try (Stage stage =
                    Stage.of(nodes, new ManifestReader(Kinds.served(), Schema.load(), "default", null).read(sources))) {
                stage.problems().forEach(problem -> err().println("Warning: " + problem));
                return what.equals(FLOWS) ? flows(stage) : run(stage, words.get(1), words.subList(2, words.size()));
            }
        } catch (IOException refused) {
            throw new Failure(String.valueOf(refused.getMessage()), refused);
        } finally {
            out().flush();
            err().flush();
        }
    }

    private int flows(Stage stage) throws IOException, InterruptedException {
        List<Flow> flows = new FlowTable(stage).run();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("FROM", "TO", "SERVICE", "ROUTES SAY", "PACKETS MET"));
        for (Flow flow : flows) {
            String sign = flow.amiss().isEmpty() ? "" : "  <-- differs";
            rows.add(List.of(flow.from(), flow.to(), flow.service(), flow.traced(), flow.met() + sign));
        }
        out().print(new Columns().lay(rows));
        List<Flow> amiss =
                flows.stream().filter(flow -> flow.amiss().isPresent()).toList();
        for (Flow flow : amiss) {
            out().println(flow.from() + " to " + flow.to() + ": " + flow.amiss().orElse(""));
        }
        out().println(
                        amiss.isEmpty()
                                ? flows.size() + " flows, all of them as the routes say"
                                : amiss.size() + " of " + flows.size() + " flows are not as the routes say");
        return amiss.isEmpty() ? 0 : 1;
    }

    private int run(Stage stage, String name, List<String> command) throws IOException, InterruptedException {
        Host host = stage.host(name);
        if (command.isEmpty()) {
            stage.hosts()
                    .values()
                    .forEach(one -> err().println(
                                    one + ": nsenter --net=" + one.namespace().path()));
            err().flush();
        }
        String shell = around.environment().getOrDefault("SHELL", "/bin/sh");
        ProcessBuilder builder = new ProcessBuilder(command.isEmpty() ? List.of(shell) : command).inheritIO();
        // born on a thread in the host's namespace, and therefore in it
        return host.call(builder::start).waitFor();
    }

    private PrintWriter out() {
        return spec().commandLine().getOut();
    }

    private PrintWriter err() {
        return spec().commandLine().getErr();
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("the command was not parsed");
        }
        return spec;
    }
}
