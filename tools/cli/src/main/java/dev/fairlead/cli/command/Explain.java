// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.agent.NodeTraffic;
import dev.fairlead.cli.command.output.Objects;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.cli.command.session.Subject;
import dev.fairlead.cli.command.session.Url;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Explanation;
import dev.fairlead.core.explain.Explanation.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says why a Service works or does not. */
@Command(
        name = "explain",
        description =
                "Says why a Service works or does not: explain svc/web, explain 10.96.0.7:80, explain node-port 30080;"
                        + " or what a name leads to: explain dns web.shop.",
        mixinStandardHelpOptions = true)
public final class Explain implements Callable<Integer> {
    private static final String NODE_PORT = "node-port";
    private static final String DNS = "dns";

    @Mixin
    private final Connecting connecting;

    @Parameters(paramLabel = "svc/NAME | ADDRESS[:PORT] | node-port NUMBER | dns NAME", description = "what to explain")
    private List<String> words = new ArrayList<>();

    @Option(
            names = "--from",
            paramLabel = "[NAMESPACE/]pod/NAME",
            description = "explain it for this client: a pod, of this namespace unless another is named")
    private String from = "";

    @Option(names = "--port", paramLabel = "PORT", description = "only this port of the Service, by name or number")
    private String port = "";

    @Mixin
    private final Output output = new Output("yaml", "json");

    /** Talks as {@code connecting} says. */
    Explain(Connecting connecting) {
        this.connecting = connecting;
    }

    @Override
    public Integer call() {
        output.check();
        return connecting.run(this::explain);
    }

    private int explain(Session session) throws IOException, InterruptedException {
        if (words.size() == 2 && words.getFirst().equals(DNS)) {
            return name(session, words.get(1));
        }
        Tree answer = session.ask(url(session).with("from", client(session.namespace())));
        Explanation explanation = Explanation.from(answer);
        connecting
                .out()
                .print(output.format().isEmpty() ? explanation.text() : Objects.text(output.format(), answer.fields()));
        return explanation.verdict() == Verdict.WELL ? 0 : 1;
    }

    private int name(Session session, String name) throws IOException, InterruptedException {
        withoutPort();
        if (!output.format().isEmpty()) {
            throw new Failure("-o with a name; it is told in words only");
        }
        DnsExplanation.Told told = DnsExplanation.of(session, name, NodeTraffic.DOMAIN, client(session.namespace()));
        connecting.out().print(told.text());
        return told.found() ? 0 : 1;
    }

    private Url url(Session session) {
        if (words.isEmpty()) {
            throw new Failure(
                    "what? Name a Service, such as svc/web; an address, such as 10.96.0.7:80; or node-port 30080");
        }
        String first = words.getFirst();
        if (first.equals(NODE_PORT)) {
            withoutPort();
            return new Url("/explain").with("nodePort", Integer.toString(number(second())));
        }
        Optional<Url> address = words.size() == 1 ? address(first) : Optional.empty();
        return address.orElseGet(() -> service(session));
    }

    private String second() {
        if (words.size() != 2) {
            throw new Failure(NODE_PORT + " takes one number, such as " + NODE_PORT + " 30080");
        }
        return words.get(1);
    }

    private Url service(Session session) {
        String name = Subject.service(words, session.kinds(), "one Service is explained at a time");
        String path = Subject.resource("services", session.kinds()).path(session.namespace(), Url.encode(name));
        return new Url(path + "/explain").with("port", port);
    }

    /** {@code 10.96.0.7}, {@code 10.96.0.7:80}, {@code fd00::7}, {@code [fd00::7]:80}; empty when it is no address. */
    private Optional<Url> address(String word) {
        int bracket = word.startsWith("[") ? word.indexOf(']') : -1;
        boolean several = word.indexOf(':') != word.lastIndexOf(':');
        int colon = bracket > 0 ? bracket + 1 : several ? -1 : word.indexOf(':');
        boolean numbered = colon > 0 && colon < word.length() && word.charAt(colon) == ':';
        String host = bracket > 0 ? word.substring(1, bracket) : numbered ? word.substring(0, colon) : word;
        if (IpAddress.parse(host).isEmpty()) {
            return Optional.empty();
        }
        withoutPort();
        String number = numbered ? Integer.toString(number(word.substring(colon + 1))) : "";
        return Optional.of(new Url("/explain").with("address", host).with("port", number));
    }

    private void withoutPort() {
        if (!port.isEmpty()) {
            throw new Failure("--port with an address or a name; write ADDRESS:PORT");
        }
    }

    private static int number(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 65_535) {
            throw new Failure("\"" + text + "\" is no port: a number from 1 to 65535 is expected");
        }
        return Integer.parseInt(text);
    }

    private String client(String namespace) {
        if (from.isEmpty()) {
            return "";
        }
        String[] parts = from.split("/", -1);
        String name = parts[parts.length - 1];
        boolean pod = parts.length < 2 || List.of("pod", "pods", "po").contains(parts[parts.length - 2]);
        if (!pod || name.isEmpty() || parts.length > 3) {
            throw new Failure("--from " + from + ": a pod is expected, such as pod/client or shop/pod/client");
        }
        return (parts.length == 3 ? parts[0] : namespace) + "/" + name;
    }
}
