// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.session.Session;
import dev.fairlead.cli.command.session.Surroundings;
import dev.fairlead.client.ApiError;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every command that talks with an API, and that talk from its beginning to its exit code. */
final class Connecting {
    private final Surroundings around;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "where the API is and who you are (else $KUBECONFIG, ~/.fairlead/kubeconfig, ~/.kube/config)")
    private @Nullable Path kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "the context in the kubeconfig to use")
    private @Nullable String context;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "the namespace (else the context's, else default)")
    private @Nullable String namespace;

    /** Talks with what the options name, or with what {@code around} says. */
    Connecting(Surroundings around) {
        this.around = around;
    }

    /** What a command does once it can talk; gives the exit code. */
    @FunctionalInterface
    interface Talk {
        int with(Session session) throws IOException, InterruptedException;
    }

    /** Asks somebody, and gives the exit code. */
    @FunctionalInterface
    interface Asking {
        int ask() throws IOException, InterruptedException;
    }

    /** Opens a session, talks, and tells what the API refused. */
    int run(Talk talk) {
        return telling(() -> {
            try (Session session = open()) {
                return talk.with(session);
            }
        });
    }

    /** Asks without a session, and tells what was refused. */
    int telling(Asking asking) {
        try {
            return asking.ask();
        } catch (ApiError refused) {
            err().println(Session.told(refused));
            return 1;
        } catch (IOException broken) {
            throw new Failure(explained(broken), broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", stopped);
        } finally {
            out().flush();
        }
    }

    /** The namespace that was asked for on the command line, or null. */
    @Nullable
    String namespace() {
        return namespace;
    }

    Surroundings around() {
        return around;
    }

    PrintWriter out() {
        return spec().commandLine().getOut();
    }

    PrintWriter err() {
        return spec().commandLine().getErr();
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("the command was not parsed");
        }
        return spec;
    }

    private Session open() throws IOException {
        return Session.open(kubeconfig, context, namespace, around, this::warn);
    }

    private void warn(String warning) {
        err().println("Warning: " + warning);
    }

    private static String explained(IOException broken) {
        String message = String.valueOf(broken.getMessage());
        return broken.getCause() instanceof ConnectException ? message + "; is ./fairlead up running?" : message;
    }
}
