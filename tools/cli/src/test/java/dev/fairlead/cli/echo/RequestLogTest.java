// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A log that a thousand requests in a second do not fill. */
final class RequestLogTest {
    @Test
    void theFirstOfEachSecondAreWritten() {
        List<String> lines = new ArrayList<>();
        AtomicLong nanos = new AtomicLong();
        RequestLog log = new RequestLog(lines::add, nanos::get);
        for (int i = 0; i < 25; i++) {
            log.note("request " + i);
        }
        assertThat(lines).hasSize(10).endsWith("request 9");
        nanos.set(1_000_000_000);
        log.note("next");
        assertThat(lines.subList(10, lines.size())).containsExactly("… and 15 more in that second", "next");
    }
}
