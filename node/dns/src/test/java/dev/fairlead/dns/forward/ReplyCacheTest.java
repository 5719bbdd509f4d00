// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyCacheTest {
    private final ReplyCache cache = new ReplyCache(new FakeTime(Instant.EPOCH), Duration.ofHours(1));

    private static ReplyCache.Key key(int number) {
        return new ReplyCache.Key(DnsName.of("n" + number + ".example"), RecordType.A, false, false);
    }

    @Test
    void aFloodOfNamesPushesOutWhatNobodyAsksForAndNothingElse() {
        UpstreamReply reply = new UpstreamReply(new byte[12], 0, false, List.of(), 60, List.of(), 12);
        cache.remember(key(0), reply);
        for (int i = 1; i < 50_000; i++) {
            cache.remember(key(i), reply);
            assertThat(cache.find(key(0))).as("asked for all the time").isNotNull();
        }
        assertThat(cache.size()).isEqualTo(10_000);
        assertThat(cache.find(key(1))).isNull();
    }
}
