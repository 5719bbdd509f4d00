// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Kubeconfig;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.cli.command.session.Surroundings;
import dev.fairlead.client.ApiClient;
import dev.fairlead.controllers.Controllers;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Stream;
import dev.fairlead.wire.time.SystemTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** An API over HTTPS with nothing in it, and a user in front of it who has fairlead and kubectl. */
final class Terminal implements AutoCloseable {
    private static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));

    private final Path home;
    private final SystemTime time = new SystemTime();
    private final Store store = MemoryStore.open();
    private final ApiServer server;
    private final HttpsServer https;

    /** What a command gave. */
    record Run(int exit, String out, String err) {
        /** It succeeded and had nothing to say about it. */
        String quietly() {
            assertThat(err).isEmpty();
            assertThat(exit).isZero();
            return out;
        }

        /** It failed; what it said. */
        String failing() {
            assertThat(exit).as(out + err).isEqualTo(1);
            assertThat(out).isEmpty();
            return err;
        }
    }

    Terminal(Path home) throws IOException, InterruptedException {
        this.home = home;
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        server = new ApiServer(ApiServer.Parts.of(
                store,
                ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                time,
                new Random(seed),
                (pod, container, options) -> {
                    if (options.containsKey("follow")) {
                        return new Reply.Streamed(
                                200, Map.of("content-type", "text/plain"), new Bytewise("one\nüñí\n"));
                    }
                    String text = "container " + container + " " + new java.util.TreeMap<>(options) + "\nüñí\n";
                    return new Reply.Whole(
                            200, Map.of("content-type", "text/plain"), text.getBytes(StandardCharsets.UTF_8));
                }));
        Pki pki = Pki.open(home.resolve("pki"), time);
        https = HttpsServer.start(
                new HttpsServer.Settings(
                        "127.0.0.1",
                        0,
                        pki.server(Set.of("127.0.0.1")),
                        pki.authority(),
                        new Identities(Map.of()),
                        Limits.STANDARD),
                server);
        Kubeconfig.write(kubeconfig(), "fairlead", https.url(), pki.authority(), pki.client("admin", ADMIN));
    }

    /** Controllers that follow what the user does, started. */
    Controllers controllers() throws InterruptedException {
        Controllers controllers = new Controllers(server, ADMIN, time, 1);
        assertThat(controllers.start(Duration.ofSeconds(30))).isTrue();
        return controllers;
    }

    /** The API as an administrator's, without a command. */
    ApiClient client() {
        return new ApiClient(server, "test", ADMIN, warning -> {});
    }

    /** Starts the real kubectl; what it says goes to a file. */
    Process start(Path out, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("KUBECONFIG", kubeconfig().toString());
        return builder.start();
    }

    Path kubeconfig() {
        return home.resolve("kubeconfig");
    }

    Path home() {
        return home;
    }

    /** The store's revision: the same before and after means that nothing was changed. */
    long revision() throws InterruptedException {
        Reply reply = server.call(Request.of("GET", "/api/v1/namespaces").as(ADMIN));
        String body = new String(((Reply.Whole) reply).body(), StandardCharsets.UTF_8);
        return Long.parseLong(body.replaceFirst("(?s).*?\"resourceVersion\":\"(\\d+)\".*", "$1"));
    }

    /** Writes a file into the home folder and gives its name. */
    String file(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, text);
        return file.toString();
    }

    Run fairlead(String... words) {
        return feed("", words);
    }

    Run feed(String input, String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = run(input, Map.of("KUBECONFIG", kubeconfig().toString()), out, err, words);
        return new Run(exit, out.toString(), err.toString());
    }

    /** Runs a command as the program does. */
    int run(String input, Map<String, String> environment, Writer out, Writer err, String... words) {
        Surroundings around =
                new Surroundings(environment, home, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        CommandLine line = Fairlead.line(around);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(words);
    }

    /** A body that comes a byte at a time, so that letters are cut in two. */
    private static final class Bytewise implements Stream {
        private final byte[] text;
        private int at;

        Bytewise(String text) {
            this.text = text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte @Nullable [] next() {
            return at == text.length ? null : new byte[] {text[at++]};
        }

        @Override
        public void close() {
            at = text.length;
        }
    }

    /** Whether there is a kubectl on the PATH. */
    static boolean hasKubectl() {
        @Nullable String path = System.getenv("PATH");
        for (String folder : path == null ? new String[0] : path.split(":")) {
            if (Files.isExecutable(Path.of(folder, "kubectl"))) {
                return true;
            }
        }
        return false;
    }

    /** Runs the real kubectl. */
    Run kubectl(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(List.of(words));
        Path out = home.resolve("kubectl.out");
        Path err = home.resolve("kubectl.err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("KUBECONFIG", kubeconfig().toString());
        Process process = builder.start();
        process.outputWriter().close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("%s ended", command)
                .isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Override
    public void close() {
        https.close();
        server.close();
        store.close();
        time.close();
    }
}
