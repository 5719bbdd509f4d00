// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.observe.Visit;
import dev.fairlead.apiserver.request.Subresource;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditLogTest {
    private static final User JANE = new User("jane", Set.of());
    private static final Reply WELL = Answers.text(200, "x".repeat(1 << 20));

    @TempDir
    Path folder;

    private static Visit visit(String type, byte[] body, Subresource subresource) {
        Request request = Request.of("PATCH", "/x").with(body, type);
        Visit visit = new Visit(request, 0);
        visit.from(JANE, JANE);
        Resource services = Kinds.served().require("v1", "Service");
        visit.about(new Target(services, "default", "a", subresource, false), "patch");
        return visit;
    }

    private static AuditEvent event(AuditPolicy.Level level, Visit visit, Reply reply) {
        return AuditEvent.of(level, "id", visit, reply, Instant.EPOCH, Instant.EPOCH);
    }

    private static Map<String, Object> read(byte[] protobuf) {
        if (protobuf[0] != 'k') {
            throw new SyntaxException(0, 0, "not protobuf");
        }
        return Map.of("kind", "Service");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json; charset=utf-8 | {\"a\":1} | {\"a\":1}",
                "application/merge-patch+json | {\"a\":null,\"b\":1} | {\"a\":null,\"b\":1}",
                "application/json-patch+json | [{\"op\":\"remove\",\"path\":\"/a\"}] | [{\"op\":\"remove\",\"path\":\"/a\"}]",
                "application/apply-patch+yaml | a: b | {\"a\":\"b\"}",
                "application/yaml | a: b | {\"a\":\"b\"}",
                "application/json | {\"a\" | {\"bytes\":\"eyJhIg==\",\"contentType\":\"application/json\"}",
                "application/vnd.kubernetes.protobuf | k8s | {\"kind\":\"Service\"}",
                "application/vnd.kubernetes.protobuf | abc | {\"bytes\":\"YWJj\",\"contentType\":\"application/vnd.kubernetes.protobuf\"}",
            })
    void what_was_sent_is_told_in_every_form(String type, String body, String told) {
        Visit visit = visit(type, body.getBytes(StandardCharsets.UTF_8), Subresource.ITSELF);
        byte[] line = event(AuditPolicy.Level.REQUEST, visit, WELL).line(AuditLogTest::read);
        assertThat(line).endsWith((byte) '\n');
        Map<?, ?> event = (Map<?, ?>) Json.read(line, Json.Nulls.KEEP).value();
        Object sent = event.get("requestObject");
        Object sorted = sent instanceof Map<?, ?> map ? new TreeMap<>(map) : sent;
        assertThat(new String(Json.write(sorted), StandardCharsets.UTF_8)).isEqualTo(told);
    }

    @Test
    void numbers_that_json_has_not_are_told_as_text() {
        String number = "1" + "0".repeat(400);
        byte[] body = ("a: " + number).getBytes(StandardCharsets.UTF_8);
        byte[] line = event(AuditPolicy.Level.REQUEST, visit("application/yaml", body, Subresource.ITSELF), WELL)
                .line(AuditLogTest::read);
        assertThat(new Tree(Json.object(line)).tree("requestObject").text("a", ""))
                .isEqualTo(number);
    }

    @Test
    void what_goes_through_a_proxy_is_not_told() {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        byte[] line = event(AuditPolicy.Level.REQUEST, visit("application/json", body, Subresource.PROXY), WELL)
                .line(AuditLogTest::read);
        assertThat(new Tree(Json.object(line)).fields()).doesNotContainKey("requestObject");
    }

    @Test
    void what_waits_holds_no_more_than_is_told() {
        Visit large = visit("application/json", new byte[1 << 20], Subresource.ITSELF);
        assertThat(event(AuditPolicy.Level.METADATA, large, WELL).weight()).isLessThan(4_096);
        assertThat(event(AuditPolicy.Level.METADATA, large, WELL).words()).isEmpty();
        assertThat(event(AuditPolicy.Level.METADATA, large, Answers.text(502, "x".repeat(1 << 20)))
                        .weight())
                .isLessThan(4_096);
        assertThat(event(AuditPolicy.Level.METADATA, large, WELL).sent()).isNull();
        assertThat(event(AuditPolicy.Level.REQUEST, large, WELL).weight()).isBetween(1L << 20, (1L << 20) + 4_096);
    }

    @Test
    void what_waits_is_bounded_by_its_bytes() throws InterruptedException {
        Backlog waiting = new Backlog(3 << 20);
        AuditEvent large = event(
                AuditPolicy.Level.REQUEST, visit("application/json", new byte[1 << 20], Subresource.ITSELF), WELL);
        AuditEvent small =
                event(AuditPolicy.Level.METADATA, visit("application/json", new byte[0], Subresource.ITSELF), WELL);
        assertThat(List.of(waiting.offer(large), waiting.offer(large), waiting.offer(large), waiting.offer(small)))
                .containsExactly(true, true, false, true);
        AuditEvent taken = waiting.poll(0);
        assertThat(waiting.offer(large)).as("it is not written yet").isFalse();
        waiting.done(taken);
        assertThat(waiting.offer(large)).isTrue();
    }

    @Test
    void a_bug_costs_one_event() throws IOException {
        Path file = folder.resolve("log");
        AuditPolicy policy = new AuditPolicy(List.of(new AuditPolicy.Rule(
                AuditPolicy.Level.REQUEST, List.of(), List.of(), List.of(), List.of(), List.of(), List.of())));
        Metrics metrics = new Metrics();
        try (SystemTime time = new SystemTime()) {
            AuditLog log = new AuditLog(new AuditLog.Settings(file, policy), time, _ -> {
                throw new IllegalStateException("a bug");
            });
            log.show(metrics);
            log.tell(visit("application/json", new byte[0], Subresource.ITSELF), WELL);
            log.tell(visit("application/vnd.kubernetes.protobuf", new byte[1], Subresource.ITSELF), WELL);
            log.tell(visit("application/json", new byte[0], Subresource.ITSELF), WELL);
            log.close();
        }
        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThat(metrics.text())
                .contains("apiserver_audit_event_total 2\n")
                .contains("apiserver_audit_error_total{plugin=\"log\"} 1\n");
    }
}
