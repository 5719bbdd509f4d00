// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedRecordsTest {
    private final SharedRecords<Service> records = new SharedRecords<>(Service::from, Service::meta);

    @Test
    void oneVersionIsOneRecord() {
        Service first = records.apply(service("web", "u1", "5"));
        assertThat(records.apply(service("web", "u1", "5"))).isSameAs(first);
        assertThat(records.apply(service("web", "u1", "6"))).isNotSameAs(first);
        assertThat(records.apply(service("web", "u2", "5")))
                .as("another of that name")
                .isNotSameAs(first);
        assertThat(records.apply(service("db", "u1", "5"))).isNotSameAs(first);
    }

    @Test
    void whatIsOfNoVersionIsNobodyElses() {
        assertThat(records.apply(service("web", "u1", ""))).isNotSameAs(records.apply(service("web", "u1", "")));
        assertThat(records.size()).isZero();
    }

    @Test
    void holdsOnToNothing() {
        for (int i = 0; i < 100; i++) {
            records.apply(service("gone" + i, "u", "7"));
        }
        Service held = records.apply(service("held", "u", "7"));
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (records.size() > 1 && System.nanoTime() < end) {
            System.gc();
            Thread.onSpinWait();
            assertThat(records.apply(service("held", "u", "7"))).isSameAs(held);
        }
        assertThat(records.size()).isOne();
    }

    private static Tree service(String name, String uid, String version) {
        return new Tree(Map.of(
                "metadata",
                Map.of("namespace", "shop", "name", name, "uid", uid, "resourceVersion", version),
                "spec",
                Map.of()));
    }
}
