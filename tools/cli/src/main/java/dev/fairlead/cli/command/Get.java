// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.output.Objects;
import dev.fairlead.cli.command.output.ServerTable;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.cli.command.session.Subject;
import dev.fairlead.cli.command.session.Url;
import dev.fairlead.client.ApiError;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows objects. */
@Command(
        name = "get",
        description = "Shows objects: get services, get pods -A, get svc/web -o yaml, get all.",
        mixinStandardHelpOptions = true)
public final class Get implements Callable<Integer> {
    @Mixin
    private final Connecting connecting;

    @Parameters(paramLabel = "KIND[,KIND...] [NAME...] | KIND/NAME", description = "what to show")
    private List<String> words = new ArrayList<>();

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "in all namespaces")
    private boolean everywhere;

    @Mixin
    private final Output output = new Output("wide", "yaml", "json", "name");

    @Mixin
    private final Labels labels = new Labels();

    @Option(
            names = "--field-selector",
            paramLabel = "SELECTOR",
            description = "only objects with these fields: metadata.name=web")
    private String fields = "";

    @Option(
            names = {"-w", "--watch"},
            description = "go on showing what changes")
    private boolean watching;

    @Option(names = "--no-headers", description = "without the columns' names")
    private boolean headless;

    @Option(names = "--show-labels", description = "with a column of labels")
    private boolean showLabels;

    @Option(names = "--ignore-not-found", description = "an object that is not there is no error")
    private boolean lenient;

    /** Talks as {@code connecting} says. */
    Get(Connecting connecting) {
        this.connecting = connecting;
    }

    @Override
    public Integer call() {
        output.check();
        return connecting.run(this::show);
    }

    private int show(Session session) throws IOException, InterruptedException {
        List<Subject> subjects = Subject.of(words, session.kinds());
        boolean named = subjects.getFirst().name() != null;
        if (named && !(labels.selector().isEmpty() && fields.isEmpty())) {
            throw new Failure("names and a selector at once; give either names or -l/--field-selector");
        }
        if (named && everywhere) {
            throw new Failure("a name with -A; objects are named within one namespace, give it with -n");
        }
        ServerTable.Look look = new ServerTable.Look(
                output.is("wide"),
                everywhere,
                showLabels,
                subjects.stream().map(Subject::resource).distinct().count() > 1,
                !headless);
        if (watching) {
            return new Following(session, connecting.out(), output.format(), look).follow(one(subjects), this::url);
        }
        List<String> refused = new ArrayList<>();
        boolean printed = output.format().isEmpty() || output.is("wide")
                ? tables(session, subjects, look, refused)
                : objects(session, subjects, refused);
        connecting.out().flush();
        refused.forEach(connecting.err()::println);
        if (!printed && refused.isEmpty() && !lenient && !output.structured()) {
            boolean within = !everywhere
                    && subjects.stream().allMatch(subject -> subject.resource().namespaced());
            connecting
                    .err()
                    .println("No resources found" + (within ? " in " + session.namespace() + " namespace." : ""));
        }
        return refused.isEmpty() ? 0 : 1;
    }

    private static Subject one(List<Subject> subjects) {
        if (subjects.size() > 1) {
            throw new Failure("-w follows one kind or one object; run a command for each");
        }
        return subjects.getFirst();
    }

    /** Where {@code subject} is to be had; the list of its kind with {@code asList}, even of a single object. */
    private Url url(Session session, Subject subject, boolean asList) {
        String namespace = everywhere ? "" : session.namespaceOf(subject.resource());
        String name = subject.name();
        if (name != null && !asList) {
            return new Url(subject.resource().path(namespace, Url.encode(name)));
        }
        return new Url(subject.resource().path(namespace, null))
                .with("labelSelector", labels.selector())
                .with("fieldSelector", name == null ? fields : "metadata.name=" + name);
    }

    /** Asks about each; what is refused is noted, and does not keep the others from being shown. */
    private Map<Subject, Tree> ask(Session session, List<Subject> subjects, boolean table, List<String> refused)
            throws IOException, InterruptedException {
        Map<Subject, Tree> answers = new LinkedHashMap<>();
        for (Subject subject : subjects) {
            Url url = url(session, subject, false);
            try {
                answers.put(subject, table ? session.table(url) : session.ask(url));
            } catch (ApiError error) {
                if (!(error.isNotFound() && lenient)) {
                    refused.add(Session.told(error));
                }
            }
        }
        return answers;
    }

    private boolean tables(Session session, List<Subject> subjects, ServerTable.Look look, List<String> refused)
            throws IOException, InterruptedException {
        Map<Resource, List<Tree>> byKind = new LinkedHashMap<>();
        ask(session, subjects, true, refused)
                .forEach((subject, table) -> byKind.computeIfAbsent(subject.resource(), _ -> new ArrayList<>())
                        .add(table));
        boolean printed = false;
        for (Map.Entry<Resource, List<Tree>> kind : byKind.entrySet()) {
            String lines = new ServerTable(kind.getKey(), look).lines(kind.getValue());
            if (!lines.isEmpty()) {
                connecting.out().print(printed ? "\n" + lines : lines);
                printed = true;
            }
        }
        return printed;
    }

    private boolean objects(Session session, List<Subject> subjects, List<String> refused)
            throws IOException, InterruptedException {
        List<Map<String, Object>> all = new ArrayList<>();
        StringBuilder names = new StringBuilder();
        ask(session, subjects, false, refused).forEach((subject, answer) -> {
            Resource resource = subject.resource();
            for (Tree object : subject.name() == null ? answer.trees("items") : List.of(answer)) {
                all.add(Objects.shown(resource, object));
                names.append(Objects.name(resource, object.tree("metadata").text("name", "")))
                        .append('\n');
            }
        });
        if (output.is("name")) {
            connecting.out().print(names);
            return !names.isEmpty();
        }
        boolean single = subjects.size() == 1 && subjects.getFirst().name() != null;
        if (!all.isEmpty() || !single) {
            connecting.out().print(Objects.text(output.format(), single ? all.getFirst() : Objects.list(all)));
        }
        return true;
    }
}
