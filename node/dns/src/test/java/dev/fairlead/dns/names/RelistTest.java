// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A list that is read again after a lost watch: what it says as before costs nothing, neither memory nor prepared answers. */
class RelistTest {
    private static final int SERVICES = 2_000;
    private static final int ENDPOINTS = 10; // of each Service

    private final FakeTime time = new FakeTime(Instant.EPOCH);
    private final NameTable table = new NameTable(time);

    @Test
    void whatIsTheSameStaysTheVerySame() {
        list(ENDPOINTS);
        List<ServiceNames> before = entries();
        List<Long> versions = versions();
        long serial = table.serial();
        time.advance(Duration.ofMinutes(1));
        list(ENDPOINTS);
        assertThat(kept(before)).isEqualTo(SERVICES);
        assertThat(versions()).as("prepared answers stay").isEqualTo(versions);
        assertThat(table.serial()).as("who has a copy of the zone has it still").isEqualTo(serial);
        list(ENDPOINTS - 1);
        assertThat(kept(before)).isZero();
        assertThat(versions()).isNotEqualTo(versions);
        assertThat(table.serial()).isGreaterThan(serial);
    }

    @Test
    void whatIsNotThereCanBeForgottenForNothing() {
        list(ENDPOINTS);
        List<Long> versions = versions();
        table.remove(new ObjectName("shop", "never-there"));
        assertThat(versions()).isEqualTo(versions);
    }

    /** How many of {@code entries} are in the table, not their likes. */
    private int kept(List<ServiceNames> entries) {
        Set<ServiceNames> now = Collections.newSetFromMap(new IdentityHashMap<>());
        now.addAll(entries());
        return (int) entries.stream().filter(now::contains).count();
    }

    private List<ServiceNames> entries() {
        List<ServiceNames> entries = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            ServiceNames names = table.service("shop", "s" + i);
            assertThat(names).isNotNull();
            entries.add(names);
        }
        return entries;
    }

    private List<Long> versions() {
        List<Long> versions = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            versions.add(table.version(NameTable.stripe("shop", "s" + i)));
        }
        return versions;
    }

    /** Reads every object anew, as a list does. */
    private void list(int endpoints) {
        for (int i = 0; i < SERVICES; i++) {
            List<Object> all = new ArrayList<>();
            for (int j = 0; j < endpoints; j++) {
                all.add(Map.of("addresses", List.of("10." + j + "." + i / 250 + "." + i % 250)));
            }
            Map<String, Object> metadata = Map.of("namespace", "shop", "name", "s" + i);
            List<Object> ports = List.of(Map.of("name", "http", "port", 80L));
            String address = "10.96." + i / 250 + "." + i % 250;
            table.put(
                    Service.from(new Tree(
                            Map.of("metadata", metadata, "spec", Map.of("clusterIP", address, "ports", ports)))),
                    List.of(EndpointSlice.from(
                            new Tree(Map.of("metadata", metadata, "ports", ports, "endpoints", all)))));
        }
    }
}
