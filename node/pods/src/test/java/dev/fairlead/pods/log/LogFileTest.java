// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.log.PodLogs.Container;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Stream;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.SystemTime;
import dev.fairlead.wire.time.testing.FakeTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(90)
class LogFileTest {
    private static final ObjectName POD = new ObjectName("shop", "web");
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    @TempDir
    Path directory;

    private final FakeTime time = new FakeTime(NOON);
    private Logs logs;
    private LogFile log;
    private PodLogs podLogs;

    @BeforeEach
    void open() throws IOException {
        logs = new Logs(directory, new LogLimits(100, 3), time);
        log = logs.open(POD, "u1", "c", 0);
        podLogs = podLogs();
    }

    private PodLogs podLogs() {
        return new PodLogs(
                logs,
                pod -> pod.equals(POD) ? new PodLogs.Source("u1", List.of(new Container("c", 0, -1, "")), 1) : null,
                time);
    }

    @Test
    void aLargeFileIsPutAsideAndReadersSeeOneLog() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            String lines = "line %2d 0123456789 0123456789%n".formatted(i);
            write(lines);
            all.append(lines);
            time.advance(Duration.ofSeconds(1));
        }
        int line = "line  0 0123456789 0123456789\n".length();
        List<String> files = files();

        // after every fourth line the file holds 120 bytes and is cut; two pieces and the current file are kept
        assertThat(files).containsExactly("0.log", "0.log." + 4 * line, "0.log." + 8 * line);
        assertThat(Files.size(log.path())).isZero();
        assertThat(read("")).isEqualTo(all.substring(4 * line));
        assertThat(read("tailLines=6")).isEqualTo(all.substring(6 * line));
        write("more\n");
        assertThat(read("tailLines=2")).isEqualTo(all.substring(11 * line) + "more\n");
    }

    @Test
    void aWriterInThisJvmGoesOnAtTheEndWhenTheFileIsCutAndSaysNothingOnceClosed() throws Exception {
        LogWriter writer = new LogWriter(log);
        writer.write(("x".repeat(149) + "\n").getBytes(StandardCharsets.UTF_8));
        time.advance(Duration.ofSeconds(1));
        assertThat(Files.size(log.path())).isZero();
        writer.write('y');
        writer.close();
        writer.write('z');

        assertThat(read("")).isEqualTo("x".repeat(149) + "\ny");
    }

    @Test
    void piecesOfAnEarlierLifeAreFound() throws Exception {
        write("x".repeat(149) + "\n");
        time.advance(Duration.ofSeconds(1));
        write("new\n");

        logs = new Logs(directory, new LogLimits(100, 3), time);
        log = logs.open(POD, "u1", "c", 0);
        podLogs = podLogs();

        assertThat(log.end()).isEqualTo(154);
        assertThat(read("")).isEqualTo("x".repeat(149) + "\nnew\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0, ''",
        "1, 'c\n'",
        "2, 'b\nc\n'",
        "3, 'a\nb\nc\n'",
        "9, 'a\nb\nc\n'",
    })
    void tail(int lines, String expected) throws Exception {
        write("a\nb\nc\n");

        assertThat(read("tailLines=" + lines)).isEqualTo(expected);
    }

    @Test
    void anUnfinishedLineCountsAsOne() throws Exception {
        write("a\nb\nc");

        assertThat(read("tailLines=1")).isEqualTo("c");
        assertThat(read("limitBytes=3")).isEqualTo("a\nb");
    }

    @Test
    void linesAreDatedByWhenTheyWereFirstSeen() throws Exception {
        write("one\n");
        time.advance(Duration.ofSeconds(1));
        time.advance(Duration.ofMinutes(1));
        write("two\n");
        time.advance(Duration.ofSeconds(1));

        assertThat(read("timestamps=true")).isEqualTo("2026-01-02T12:00:01Z one\n2026-01-02T12:01:02Z two\n");
        assertThat(read("sinceSeconds=10")).isEqualTo("two\n");
        assertThat(read("sinceTime=2026-01-02T12:00:30Z")).isEqualTo("two\n");
        assertThat(read("sinceSeconds=600")).isEqualTo("one\ntwo\n");
    }

    @Test
    void followingGoesOnThroughACutUntilTheEnd() throws Exception {
        try (SystemTime real = new SystemTime()) {
            write("first\n");
            PodLogs following =
                    new PodLogs(logs, pod -> new PodLogs.Source("u1", List.of(new Container("c", 0, -1, "")), 1), real);
            CompletableFuture<String> read = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    read.complete(drain(following.read(POD, options("follow=true"))));
                } catch (Exception trouble) {
                    read.completeExceptionally(trouble);
                }
            });
            write("y".repeat(150) + "\n");
            time.advance(Duration.ofSeconds(1));
            write("last\n");
            logs.ended(POD, "u1", "c", 0);

            assertThat(read.get()).isEqualTo("first\n" + "y".repeat(150) + "\nlast\n");
        }
    }

    @Test
    void whatCannotBeReadIsExplained() throws Exception {
        assertThat(refusal(new ObjectName("shop", "other"), ""))
                .isEqualTo("404 pod \"other\" does not run on this node");
        assertThat(refusal(POD, "container=x")).isEqualTo("400 container x is not valid for pod web");
        assertThat(refusal(POD, "previous=true"))
                .isEqualTo("400 previous terminated container \"c\" in pod \"web\" not found");
        assertThatThrownBy(() -> options("tailLines=-3"))
                .hasMessage("tailLines: \"-3\" is not a whole number of 0 or more");
        assertThatThrownBy(() -> options("sinceTime=noon")).hasMessageContaining("2026-01-31T12:00:00Z");
    }

    private void write(String text) throws IOException {
        Files.writeString(log.path(), text, StandardOpenOption.APPEND);
    }

    private List<String> files() throws IOException {
        try (var all = Files.list(log.path().getParent())) {
            return all.map(file -> file.getFileName().toString())
                    .sorted(java.util.Comparator.comparingInt(String::length).thenComparing(name -> name))
                    .toList();
        }
    }

    private String read(String query) throws Exception {
        return drain(podLogs.read(POD, options(query)));
    }

    /** From {@code name=value}; {@code container} is no parameter of its own in the contract. */
    private LogOptions options(String query) {
        Map<String, String> given = new HashMap<>();
        if (!query.isEmpty()) {
            given.put(query.substring(0, query.indexOf('=')), query.substring(query.indexOf('=') + 1));
        }
        return LogOptions.of(given.getOrDefault("container", ""), given, time.now());
    }

    private String refusal(ObjectName pod, String query) {
        Reply.Whole reply = (Reply.Whole) podLogs.read(pod, options(query));
        return reply.status() + " " + Tree.of(Json.object(reply.body())).text("message", "");
    }

    private static String drain(Reply reply) throws Exception {
        StringBuilder text = new StringBuilder();
        try (Stream stream = ((Reply.Streamed) reply).stream()) {
            for (byte[] bytes = stream.next(); bytes != null; bytes = stream.next()) {
                text.append(new String(bytes, StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }
}
