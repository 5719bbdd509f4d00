// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.testing.FakeTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * What goes over the wire, word by word: each file of {@code src/test/resources/transcripts} is a conversation with a new server.
 *
 * <pre>
 *   &gt; PATCH /api/v1/namespaces/default/services/web     a request; then its headers, each after "&gt; "
 *   &gt; content-type: application/merge-patch+json
 *   {"spec":{}}                                         its body, up to the answer
 *   &lt; 200                                               the answer; then its headers, each after "&lt; ", and its body
 * </pre>
 *
 * <p>A request for a watch holds it open: the events it got are shown at a line {@code > events}. What differs from run to run is
 * shown as a word in capitals. {@code -Dtranscripts.write=true} writes the answers that are given today; read the difference.
 */
@Timeout(60)
class TranscriptsTest {
    private static final Path FOLDER = Path.of("src/test/resources/transcripts");
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private static final Map<Pattern, String> DIFFERENT = Map.of(
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UID",
            Pattern.compile("\"resourceVersion\": \"[1-9]\\d*\""), "\"resourceVersion\": \"REVISION\"",
            Pattern.compile("\"[0-9A-Fa-f]{64,128}\""), "\"HASH\"",
            Pattern.compile("current: \\d+"), "current: REVISION",
            Pattern.compile("\"continue\": \"[^\"]+\""), "\"continue\": \"TOKEN\"");

    @TestFactory
    Stream<DynamicTest> conversations() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList().stream()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> hold(file)));
        }
    }

    private static void hold(Path file) throws IOException {
        String written = Files.readString(file);
        String held = hold(written);
        if (Boolean.getBoolean("transcripts.write")) {
            Files.writeString(file, held);
        }
        assertThat(held).isEqualTo(written);
    }

    private static String hold(String written) {
        StringBuilder held = new StringBuilder();
        List<String> lines = new ArrayList<>(written.lines().toList());
        try (TestServer server = new TestServer(Duration.ofMinutes(1), new FakeTime(NOON))) {
            Client api = new Client(server.api());
            Events watch = null;
            while (!lines.isEmpty()) {
                String line = lines.getFirst();
                if (line.equals("> events") && watch != null) {
                    held.append(line).append('\n');
                    lines.removeFirst();
                    int count = Integer.parseInt(lines.removeFirst().substring("< ".length()));
                    held.append("< ").append(count).append('\n');
                    dropAnswer(lines);
                    for (int i = 0; i < count; i++) {
                        held.append(Json.pretty(watch.event().fields()).stripTrailing())
                                .append('\n');
                    }
                    held.append('\n');
                } else if (line.startsWith("> ")) {
                    Request request = request(lines, held);
                    Reply reply = api.raw(request);
                    head(reply, held);
                    if (reply instanceof Reply.Streamed streamed) {
                        watch = new Events(streamed.stream());
                    } else if (reply instanceof Reply.Whole whole && whole.body().length > 0) {
                        held.append(body(whole).stripTrailing()).append('\n');
                    }
                    held.append('\n');
                    dropAnswer(lines);
                } else {
                    held.append(lines.removeFirst()).append('\n'); // what is said about the conversation
                }
            }
        }
        String text = held.toString();
        for (Map.Entry<Pattern, String> different : DIFFERENT.entrySet()) {
            text = different.getKey().matcher(text).replaceAll(different.getValue());
        }
        return text.stripTrailing() + "\n";
    }

    private static Request request(List<String> lines, StringBuilder held) {
        String[] first = lines.getFirst().substring(2).split(" ", 2);
        Request request = Request.of(first[0], first[1]);
        held.append(lines.removeFirst()).append('\n');
        String type = "application/json";
        while (!lines.isEmpty()
                && lines.getFirst().startsWith("> ")
                && lines.getFirst().contains(": ")) {
            String header = lines.removeFirst();
            held.append(header).append('\n');
            String[] parts = header.substring(2).split(": ", 2);
            if (parts[0].equals("content-type")) {
                type = parts[1];
            } else {
                request = request.with(parts[0], parts[1]);
            }
        }
        StringBuilder body = new StringBuilder();
        while (!lines.isEmpty()
                && !lines.getFirst().startsWith("<")
                && !lines.getFirst().startsWith(">")) {
            body.append(lines.removeFirst()).append('\n');
        }
        held.append(body.toString().stripTrailing()).append(body.toString().isBlank() ? "" : "\n");
        return body.toString().isBlank()
                ? request
                : request.with(body.toString().strip().getBytes(StandardCharsets.UTF_8), type);
    }

    private static void dropAnswer(List<String> lines) {
        while (!lines.isEmpty()
                && !lines.getFirst().startsWith("> ")
                && !lines.getFirst().startsWith("# ")) {
            lines.removeFirst();
        }
    }

    private static void head(Reply reply, StringBuilder held) {
        held.append("< ").append(reply.status()).append('\n');
        new TreeMap<>(reply.headers())
                .forEach((name, value) -> held.append("< ")
                        .append(name.toLowerCase(Locale.ROOT))
                        .append(": ")
                        .append(value)
                        .append('\n'));
    }

    private static String body(Reply.Whole reply) {
        String text = new String(reply.body(), StandardCharsets.UTF_8);
        return String.valueOf(reply.header("content-type")).startsWith("application/json")
                ? Json.pretty(Json.object(reply.body()))
                : text;
    }
}
