// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.time.testing.FakeTime;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private final FakeTime time = new FakeTime(Instant.EPOCH);

    @Test
    void eachSourceMayAskSoManyASecond() {
        RateLimit limit = new RateLimit(2, time);
        InetAddress one = InetAddress.ofLiteral("10.0.0.1");
        InetAddress other = InetAddress.ofLiteral("10.0.0.2");
        assertThat(limit.allows(one)).isTrue();
        assertThat(limit.allows(one)).isTrue();
        assertThat(limit.allows(one)).isFalse();
        assertThat(limit.allows(other)).isTrue();
        time.advance(Duration.ofMillis(500));
        assertThat(limit.allows(one)).isTrue();
        assertThat(limit.allows(one)).isFalse();
        time.advance(Duration.ofHours(1));
        assertThat(limit.allows(one)).isTrue();
        assertThat(limit.allows(one)).isTrue();
        assertThat(limit.allows(one)).as("nothing is saved up").isFalse();
    }

    @Test
    void whoUsesUpTheQueriesOfAnAddressDoesNotUseUpThoseOfWhoIsKnownThere() {
        RateLimit limit = new RateLimit(1, time);
        InetAddress one = InetAddress.ofLiteral("10.0.0.1");
        assertThat(limit.allows(one)).isTrue();
        assertThat(limit.allows(one)).isFalse();
        assertThat(limit.allowsKnown(one)).isTrue();
        assertThat(limit.allowsKnown(one)).isFalse();
    }

    @Test
    void zeroIsNoLimit() {
        RateLimit limit = new RateLimit(0, time);
        for (int i = 0; i < 100; i++) {
            assertThat(limit.allows(InetAddress.getLoopbackAddress())).isTrue();
        }
    }

    @Test
    void aFloodFromEverywhereIsForgottenInTime() {
        RateLimit limit = new RateLimit(1, time);
        for (int i = 0; i < 50_000; i++) {
            assertThat(limit.allows(InetAddress.ofLiteral("10.1." + i / 250 + "." + i % 250)))
                    .isTrue();
        }
        assertThat(limit.sources()).isEqualTo(10_000);
    }
}
