// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.output.Objects;
import dev.fairlead.cli.command.output.ServerTable;
import dev.fairlead.cli.command.session.EventLines;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.cli.command.session.Subject;
import dev.fairlead.cli.command.session.Url;
import dev.fairlead.client.ApiError;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.io.PrintWriter;

/** {@code get -w}: shows what is there, then each change as it comes, until the user has seen enough. */
final class Following {
    private final Session session;
    private final PrintWriter out;
    private final String format;
    private final ServerTable.Look look;
    private boolean first = true;

    Following(Session session, PrintWriter out, String format, ServerTable.Look look) {
        this.session = session;
        this.out = out;
        this.format = format;
        this.look = look;
    }

    /** Where the list of a subject is to be had. */
    @FunctionalInterface
    interface Where {
        Url of(Session session, Subject subject, boolean asList);
    }

    int follow(Subject subject, Where where) throws IOException, InterruptedException {
        boolean asTable = format.isEmpty() || format.equals("wide");
        if (subject.name() != null) {
            session.ask(where.of(session, subject, false)); // refused when it is not there, as without -w
        }
        Url url = where.of(session, subject, true);
        ServerTable table = new ServerTable(subject.resource(), look);
        Tree now = asTable ? session.table(url) : session.ask(url);
        if (asTable) {
            print(table.lines(now));
        } else {
            now.trees("items").forEach(object -> print(object(subject, object)));
        }
        String revision = now.tree("metadata").text("resourceVersion", "0");
        while (!out.checkError()) {
            Request request = Session.tableRequest(url.with("watch", "true").with("resourceVersion", revision));
            Reply reply = session.client().call(asTable ? request : request.with("accept", "application/json"));
            if (!(reply instanceof Reply.Streamed streamed)) {
                return 0;
            }
            try (EventLines lines = new EventLines(streamed.stream())) {
                for (Tree event = lines.next(); event != null; event = lines.next()) {
                    Tree object = event.tree("object");
                    if (event.text("type", "").equals("ERROR")) {
                        ApiError error = ApiError.of(500, object);
                        if (!error.isGone()) {
                            throw error;
                        }
                        revision = session.ask(url).tree("metadata").text("resourceVersion", "0");
                        break;
                    }
                    revision = object.tree("metadata").text("resourceVersion", revision);
                    print(asTable ? table.lines(object) : object(subject, object));
                }
            }
        }
        return 0;
    }

    private String object(Subject subject, Tree object) {
        if (format.equals("name")) {
            return Objects.name(subject.resource(), object.tree("metadata").text("name", "")) + "\n";
        }
        String text = Objects.text(format, Objects.shown(subject.resource(), object));
        String separated = first || !format.equals("yaml") ? text : "---\n" + text;
        first = false;
        return separated;
    }

    private void print(String text) {
        out.print(text);
        out.flush();
    }
}
