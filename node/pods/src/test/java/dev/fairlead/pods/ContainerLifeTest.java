// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.status.Backoff;
import dev.fairlead.pods.status.ContainerState.Terminated;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a container is started again, without any process. */
class ContainerLifeTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final Backoff.Limits LIMITS =
            new Backoff.Limits(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMinutes(10));

    private static ContainerLife life(String policy, boolean init, boolean sidecar) {
        String container = "{'name': 'c', 'restartPolicy': '%s'}".formatted(sidecar ? "Always" : "");
        String spec =
                "{'metadata': {'name': 'web', 'namespace': 'shop', 'uid': 'u1'}, 'spec': {'restartPolicy': '%s', '%s': [%s]}}"
                        .formatted(policy, init ? "initContainers" : "containers", container);
        PodSpec pod = PodSpec.from(Tree.of(Json.object(spec.replace('\'', '"').getBytes(StandardCharsets.UTF_8))));
        return new ContainerLife(pod.all().getFirst(), pod, LIMITS);
    }

    private static void run(ContainerLife life, int code, Instant at) {
        life.starting(at);
        life.running();
        life.ended(life.termination(code, "", "", at.plusSeconds(1)), at.plusSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "Always,    false, false, 0, false",
        "Always,    false, false, 1, false",
        "OnFailure, false, false, 0, true",
        "OnFailure, false, false, 1, false",
        "Never,     false, false, 0, true",
        "Never,     false, false, 1, true",
        "Always,    true,  false, 0, true",
        "Always,    true,  false, 1, false",
        "Never,     true,  false, 1, true",
        "Never,     true,  true,  0, false",
        "Never,     true,  true,  1, false",
    })
    void whetherItIsStartedAgain(String policy, boolean init, boolean sidecar, int code, boolean finished) {
        ContainerLife life = life(policy, init, sidecar);
        assertThat(life.isDue(NOON)).isTrue();

        run(life, code, NOON);

        assertThat(life.finished()).isEqualTo(finished);
        assertThat(life.isDue(NOON.plusSeconds(3600))).isEqualTo(!finished);
    }

    @Test
    void whoEndsAgainAndAgainWaitsLongerEachTime() {
        ContainerLife life = life("Always", false, false);
        StringBuilder waits = new StringBuilder();
        Instant now = NOON;
        for (int i = 0; i < 4; i++) {
            run(life, 1, now);
            Instant due = life.due();
            assertThat(due).isNotNull();
            waits.append(Duration.between(now.plusSeconds(1), due).toSeconds()).append(' ');
            now = due;
        }

        assertThat(waits.toString()).isEqualTo("0 10 20 40 ");
        assertThat(life.record(0, 0).restarts()).isEqualTo(3);
        assertThat(life.observation(false, false).state().tree().toString())
                .contains("CrashLoopBackOff", "back-off 40s restarting failed container=c pod=web_shop(u1)");
    }

    @Test
    void whoWasRetiredIsNotStartedAgainAndOneThatNeverRanIsTerminated() {
        ContainerLife running = life("Always", false, false);
        running.starting(NOON);
        running.running();
        running.retire(true);
        running.ended(running.termination(143, "Error", "", NOON), NOON);
        ContainerLife waiting = life("Always", false, false);
        waiting.retire(false);

        assertThat(running.finished()).isTrue();
        assertThat(running.isDue(NOON.plusSeconds(3600))).isFalse();
        assertThat(waiting.observation(false, false).state())
                .isInstanceOfSatisfying(
                        Terminated.class,
                        ended -> assertThat(ended.message())
                                .isEqualTo("the pod was ended before this container was started"));
    }

    @Test
    void theNextLifeGoesOnWhereThisOneWas() {
        ContainerLife life = life("Always", false, false);
        run(life, 1, NOON);
        run(life, 1, NOON);
        ContainerLife next = life("Always", false, false);

        boolean ran = next.adopt(life.record(0, 0), LIMITS);

        assertThat(ran).isFalse();
        assertThat(next.isDue(NOON.plusSeconds(10))).isFalse();
        assertThat(next.isDue(NOON.plusSeconds(11))).isTrue();
        assertThat(next.record(0, 0)).isEqualTo(life.record(0, 0));
    }
}
