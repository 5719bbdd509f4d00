// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.output.Objects;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.cli.command.session.Subject;
import dev.fairlead.cli.command.session.Url;
import dev.fairlead.cli.command.traffic.AgentPage;
import dev.fairlead.cli.command.traffic.Look;
import dev.fairlead.cli.command.traffic.Passing;
import dev.fairlead.cli.command.traffic.TrafficTable;
import dev.fairlead.cli.demo.Screen;
import dev.fairlead.client.ApiError;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.wire.Kinds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what passes through Services: on a terminal again every second, else once. */
@Command(
        name = "top",
        description = "Shows what passes through Services (top, top -A), or to one Service's endpoints (top svc/web).",
        mixinStandardHelpOptions = true)
public final class Top implements Callable<Integer> {
    private static final long SECOND = 1000; // ms
    private static final int SCREENFUL = 20;
    private static final int MANY = Integer.MAX_VALUE;
    private static final String SERVICES = "services";

    @Mixin
    private final Connecting connecting;

    @Parameters(paramLabel = "[svc/NAME]", description = "the Service whose endpoints to show; else all Services")
    private List<String> words = new ArrayList<>();

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "Services of all namespaces")
    private boolean everywhere;

    @Option(names = "--once", description = "show it once, as it is where the output is no terminal")
    private boolean once;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "at most so many rows, the busiest (default: 20 on a terminal, else all)")
    private int rows;

    @Option(
            names = "--agent",
            paramLabel = "ADDRESS:PORT",
            description = "ask this node's agent where it tells its metrics, such as 127.0.0.1:10249, and no API")
    private @Nullable String agent;

    @Mixin
    private final Output output = new Output("yaml", "json");

    /** Talks as {@code connecting} says. */
    Top(Connecting connecting) {
        this.connecting = connecting;
    }

    /** Who is asked what passes. */
    @FunctionalInterface
    private interface Teller {
        Look look() throws IOException, InterruptedException;
    }

    /** What is asked for. */
    private record Scope(@Nullable ObjectName service, String namespace) {
        boolean covers(Passing passing) {
            ObjectName of = passing.port().service();
            return service == null ? namespace.isEmpty() || namespace.equals(of.namespace()) : service.equals(of);
        }

        String text() {
            return service != null
                    ? "to Service " + service.name() + " in namespace " + service.namespace()
                    : namespace.isEmpty() ? "to any Service" : "to Services in namespace " + namespace;
        }
    }

    @Override
    public Integer call() {
        output.check();
        if (rows < 0) {
            throw new Failure("--rows=" + rows + ": 1 or more can be shown");
        }
        String at = agent;
        if (at == null) {
            return connecting.run(this::ofApi);
        }
        AgentPage page = AgentPage.at(at);
        String asked = connecting.namespace();
        return connecting.telling(() -> show(scope(asked == null ? "default" : asked, Kinds.served()), page::look));
    }

    private int ofApi(Session session) throws IOException, InterruptedException {
        Scope scope = scope(session.namespace(), session.kinds());
        ObjectName service = scope.service;
        if (service != null) { // refused when it is not there
            session.ask(new Url(
                    Subject.resource(SERVICES, session.kinds()).path(service.namespace(), Url.encode(service.name()))));
        }
        Url url = new Url("/traffic").with("namespace", scope.namespace);
        return show(scope, () -> told(session, url));
    }

    private static Look told(Session session, Url url) throws IOException, InterruptedException {
        try {
            return Look.from(session.ask(url));
        } catch (ApiError refused) {
            if (refused.isNotFound()) {
                throw new Failure(
                        "this API server does not tell what passes through Services; on a node that fairlead node serves"
                                + " ask its agent: fairlead top --agent=127.0.0.1:10249",
                        refused);
            }
            throw refused;
        }
    }

    private Scope scope(String namespace, Kinds kinds) {
        boolean all = words.isEmpty()
                || words.size() == 1 && Subject.resource(SERVICES, kinds).equals(kinds.byWord(words.getFirst()));
        if (all) {
            return new Scope(null, everywhere ? "" : namespace);
        }
        if (everywhere) {
            throw new Failure("a name with -A; a Service is named within one namespace, give it with -n");
        }
        String name = Subject.service(words, kinds, "the endpoints of one Service are shown at a time");
        return new Scope(new ObjectName(namespace, name), namespace);
    }

    private int show(Scope scope, Teller teller) throws IOException, InterruptedException {
        boolean live = !once && output.format().isEmpty() && Screen.onTerminal();
        TrafficTable table =
                new TrafficTable(everywhere, scope.service != null, rows > 0 ? rows : live ? SCREENFUL : MANY);
        Look before = teller.look();
        do {
            Thread.sleep(SECOND); // what is shown is the speed in it
            Look now = teller.look();
            List<Passing> passing = passing(scope, before, now);
            if (live) {
                connecting.out().print(Screen.whole(text(scope, table, passing) + silent(now)));
                connecting.out().flush();
            } else {
                print(scope, table, passing, now);
            }
            before = now;
        } while (live && !connecting.out().checkError());
        return 0;
    }

    private static List<Passing> passing(Scope scope, Look before, Look now) {
        List<Passing> endpoints =
                Passing.toEndpoints(before, now).stream().filter(scope::covers).toList();
        return scope.service != null ? endpoints : Passing.throughPorts(endpoints);
    }

    private void print(Scope scope, TrafficTable table, List<Passing> passing, Look now) {
        if (output.structured()) {
            connecting.out().print(Objects.text(output.format(), table.tree(passing, now.silent())));
            return;
        }
        (passing.isEmpty() ? connecting.err() : connecting.out()).print(text(scope, table, passing));
        connecting.err().print(silent(now));
        connecting.err().flush();
    }

    private static String text(Scope scope, TrafficTable table, List<Passing> passing) {
        return passing.isEmpty() ? "No connections " + scope.text() + " so far.\n" : table.text(passing);
    }

    private static String silent(Look now) {
        return now.silent().isEmpty()
                ? ""
                : "Not among them: nodes " + String.join(", ", now.silent()) + ", which cannot be asked.\n";
    }
}
