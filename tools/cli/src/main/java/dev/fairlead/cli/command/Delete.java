// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.manifest.ManifestReader;
import dev.fairlead.cli.command.output.Objects;
import dev.fairlead.cli.command.session.Ending;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.cli.command.session.Subject;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes objects. */
@Command(
        name = "delete",
        description = "Deletes objects: delete pod web-1, delete svc/web deploy/web, delete -f shop.yaml.",
        mixinStandardHelpOptions = true)
public final class Delete implements Callable<Integer> {
    @Mixin
    private final Connecting connecting;

    @Parameters(paramLabel = "KIND NAME... | KIND/NAME...", arity = "0..*", description = "what to delete")
    private List<String> words = new ArrayList<>();

    @Mixin
    private final Files files = new Files();

    @Mixin
    private final Labels labels = new Labels();

    @Option(names = "--all", description = "all objects of the kind in the namespace")
    private boolean all;

    @Option(
            names = "--wait",
            negatable = true,
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            description = "wait until the objects are gone (the default; --wait=false does not)")
    private boolean waiting;

    @Option(
            names = "--grace-period",
            paramLabel = "SECONDS",
            description = "how long pods may take to end; the pod's own time when not given")
    private int grace = -1;

    @Option(names = "--force", description = "with no grace: forget the object at once")
    private boolean force;

    @Option(names = "--ignore-not-found", description = "an object that is not there is no error")
    private boolean lenient;

    @Mixin
    private final Output output = new Output("name");

    /** Talks as {@code connecting} says. */
    Delete(Connecting connecting) {
        this.connecting = connecting;
    }

    /** One object to delete. */
    private record Doomed(Resource resource, ObjectName name) {}

    @Override
    public Integer call() {
        output.check();
        if (grace > 0 && force) {
            throw new Failure(
                    "--force with --grace-period=" + grace + ": forced means no grace; leave out one of them");
        }
        return connecting.run(this::delete);
    }

    private int delete(Session session) throws IOException, InterruptedException {
        if (force) {
            connecting
                    .err()
                    .println("Warning: with --force nobody waits for processes to end; they may still be running");
        }
        List<Doomed> doomed = doomed(session);
        if (doomed.isEmpty()) {
            connecting.out().println("No resources found");
            return 0;
        }
        List<Doomed> ending = new ArrayList<>();
        List<String> uids = new ArrayList<>();
        int exit = 0;
        for (Doomed each : doomed) {
            try {
                Tree answer = session.client().delete(each.resource(), each.name(), how());
                tell(each);
                ending.add(each);
                uids.add(Ending.uid(answer));
            } catch (ApiError error) {
                if (!(error.isNotFound() && lenient)) {
                    connecting.err().println(Session.told(error));
                    exit = 1;
                }
            }
        }
        connecting.out().flush();
        for (int i = 0; waiting && i < ending.size(); i++) {
            Ending.await(session, ending.get(i).resource(), ending.get(i).name(), uids.get(i));
        }
        return exit;
    }

    private Deletion how() {
        return new Deletion(Deletion.Propagation.BACKGROUND, graceSeconds(), null, null);
    }

    /** As kubectl: no grace at all only with --force, as it loses sight of a process that may still run. */
    private @Nullable Integer graceSeconds() {
        if (force) {
            return 0;
        }
        return grace < 0 ? null : Integer.valueOf(Math.max(1, grace));
    }

    private void tell(Doomed each) {
        String name = each.name().name();
        connecting
                .out()
                .println(
                        output.is("name")
                                ? Objects.name(each.resource(), name)
                                : Objects.prefix(each.resource()) + " \"" + name + "\" "
                                        + (force ? "force deleted" : "deleted"));
    }

    private List<Doomed> doomed(Session session) throws IOException, InterruptedException {
        List<Doomed> doomed = new ArrayList<>();
        if (files.given()) {
            if (!words.isEmpty()) {
                throw new Failure("-f and names at once; give either files or names");
            }
            new ManifestReader(session.kinds(), null, session.namespace(), connecting.namespace())
                    .read(files.read(connecting.around()))
                    .forEach(manifest -> doomed.add(
                            new Doomed(manifest.resource(), new ObjectName(manifest.namespace(), manifest.name()))));
            return doomed;
        }
        for (Subject subject : Subject.of(words, session.kinds())) {
            String namespace = session.namespaceOf(subject.resource());
            String name = subject.name();
            if (name != null) {
                doomed.add(new Doomed(subject.resource(), new ObjectName(namespace, name)));
                continue;
            }
            if (!all && labels.selector().isEmpty()) {
                throw new Failure("which " + subject.resource().plural()
                        + "? Give names, a selector with -l, or --all for all in namespace " + session.namespace());
            }
            session.client()
                    .list(
                            subject.resource(),
                            new Selection(namespace, labels.selector(), ""),
                            object -> doomed.add(new Doomed(
                                    subject.resource(),
                                    new ObjectName(
                                            namespace, object.tree("metadata").text("name", "")))));
        }
        return doomed;
    }
}
