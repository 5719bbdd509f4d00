// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Two candidates and one lease. */
@Fairlead
class LeaderElectionTest {
    // tag::example
    private final List<String> leaders = new CopyOnWriteArrayList<>();

    @Test
    void theSecondTakesOverWhenTheFirstSteps(FairleadCluster cluster, KubernetesClient client) {
        CompletableFuture<?> first = candidate(client, "first");
        cluster.await("the first to lead", () -> leaders.equals(List.of("first")));
        CompletableFuture<?> second = candidate(client, "second");
        try {
            ZonedDateTime taken = lease(client).getRenewTime();
            cluster.await(
                    "the first to renew", () -> lease(client).getRenewTime().isAfter(taken));
            assertThat(leaders).containsExactly("first");

            first.cancel(true); // gives the lease back, as a candidate that shuts down does
            cluster.await("the second to lead", () -> leaders.equals(List.of("first", "second")));
            assertThat(lease(client).getHolderIdentity()).isEqualTo("second");
        } finally {
            second.cancel(true);
        }
    }

    private CompletableFuture<?> candidate(KubernetesClient client, String name) {
        return client.leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName(name)
                        .withLock(new LeaseLock("default", "shop", name))
                        .withLeaseDuration(Duration.ofSeconds(15))
                        .withRenewDeadline(Duration.ofSeconds(10))
                        .withRetryPeriod(Duration.ofMillis(200))
                        .withReleaseOnCancel(true)
                        .withLeaderCallbacks(new LeaderCallbacks(() -> leaders.add(name), () -> {}, ignored -> {}))
                        .build())
                .build()
                .start();
    }

    private static LeaseSpec lease(KubernetesClient client) {
        return client.leases().withName("shop").get().getSpec();
    }
    // end::example
}
