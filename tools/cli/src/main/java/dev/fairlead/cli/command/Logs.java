// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.session.Durations;
import dev.fairlead.cli.command.session.Incoming;
import dev.fairlead.cli.command.session.PodChoice;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.cli.command.session.Url;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a pod's processes wrote. */
@Command(
        name = "logs",
        description = "Shows what a pod wrote: logs web-1, logs -f deployment/web, logs web-1 -p --tail 20.",
        mixinStandardHelpOptions = true)
public final class Logs implements Callable<Integer> {
    @Mixin
    private final Connecting connecting;

    @Parameters(
            index = "0",
            paramLabel = "POD | KIND/NAME",
            description = "a pod, or a deployment, service … for its pod")
    private String subject = "";

    @Parameters(index = "1", arity = "0..1", hidden = true)
    private @Nullable String second;

    @Option(
            names = {"-c", "--container"},
            paramLabel = "NAME",
            description = "the container, where a pod has several")
    private String container = "";

    @Option(
            names = {"-f", "--follow"},
            description = "go on showing what is written")
    private boolean follow;

    @Option(
            names = {"-p", "--previous"},
            description = "of the run before the last restart")
    private boolean previous;

    @Option(names = "--timestamps", description = "each line with its time")
    private boolean timestamps;

    @Option(names = "--tail", paramLabel = "LINES", description = "only the last lines; -1 for all")
    private long tail = -1;

    @Option(names = "--since", paramLabel = "DURATION", description = "only what is newer: 5s, 2m, 1h30m")
    private String since = "";

    @Option(names = "--since-time", paramLabel = "TIME", description = "only what is newer: 2026-01-02T03:04:05Z")
    private String sinceTime = "";

    /** Talks as {@code connecting} says. */
    Logs(Connecting connecting) {
        this.connecting = connecting;
    }

    @Override
    public Integer call() {
        if (tail < -1) {
            throw new Failure("--tail " + tail + ": a number of lines from 0 on is expected, or -1 for all");
        }
        if (!since.isEmpty() && !sinceTime.isEmpty()) {
            throw new Failure("--since and --since-time at once; give one of them");
        }
        String seconds = since.isEmpty() ? "" : Long.toString(Durations.seconds("--since", since));
        return connecting.run(session -> show(session, seconds));
    }

    private int show(Session session, String seconds) throws IOException, InterruptedException {
        Tree pod = PodChoice.of(subject, session, connecting.err()::println);
        Url url = new Url(
                        session.kinds().require("v1", "Pod").path(session.namespace(), Url.encode(name(pod))) + "/log")
                .with("container", container.isEmpty() ? usual(pod) : container)
                .with("follow", follow ? "true" : "")
                .with("previous", previous ? "true" : "")
                .with("timestamps", timestamps ? "true" : "")
                .with("tailLines", tail < 0 ? "" : Long.toString(tail))
                .with("sinceSeconds", seconds)
                .with("sinceTime", sinceTime);
        Reply reply = session.client().call(Request.of("GET", url.text()).with("accept", "text/plain, */*"));
        PrintWriter out = connecting.out();
        switch (reply) {
            case Reply.Whole whole -> out.print(new String(whole.body(), StandardCharsets.UTF_8));
            case Reply.Streamed streamed -> copy(new Incoming(streamed.stream()), out);
        }
        return 0;
    }

    private static void copy(Incoming from, PrintWriter out) throws IOException {
        char[] buffer = new char[8192];
        try (Reader text = new InputStreamReader(from, StandardCharsets.UTF_8)) {
            for (int read = text.read(buffer); read >= 0 && !out.checkError(); read = text.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        }
    }

    /** The container that is meant when none is named: the only one, the one an annotation names, or the first. */
    private String usual(Tree pod) {
        List<String> names = names(pod, "containers").toList();
        if (second != null) {
            return second;
        }
        String annotated =
                pod.tree("metadata").textMap("annotations").getOrDefault("kubectl.kubernetes.io/default-container", "");
        if (names.contains(annotated)) {
            return annotated;
        }
        if (names.size() > 1) {
            List<String> all = Stream.concat(
                            names.stream(), names(pod, "initContainers").map(name -> name + " (init)"))
                    .toList();
            connecting
                    .err()
                    .println("Defaulted container \"" + names.getFirst() + "\" out of: " + String.join(", ", all));
        }
        return names.isEmpty() ? "" : names.getFirst();
    }

    private static Stream<String> names(Tree pod, String field) {
        return pod.tree("spec").trees(field).stream().map(each -> each.text("name", ""));
    }

    private static String name(Tree pod) {
        return pod.tree("metadata").text("name", "");
    }
}
