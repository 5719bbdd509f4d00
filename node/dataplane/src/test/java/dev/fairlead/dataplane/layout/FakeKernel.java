// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Origin;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Treatment;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Element;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sets and maps as the kernel keeps them: a key put twice with other data is refused, so is taking away what is not there.
 * And what the constant rules do with them, for one packet.
 */
public final class FakeKernel {
    private record Key(Bytes from, @Nullable Bytes to) {}

    private final Map<String, Map<Key, Element>> sets = new TreeMap<>();
    private int operations;

    /** As a new layout, or the next step of one, changes it. */
    public void carryOut(Layout.Plan plan) {
        for (Operation operation : plan.operations()) {
            operations++;
            switch (operation) {
                case Operation.Put(String set, Element element) -> put(set, element);
                case Operation.Remove(String set, Element element) ->
                    assertThat(elements(set).remove(new Key(element.key(), element.to())))
                            .as("not in " + set + ": " + element)
                            .isNotNull();
                case Operation.Hold(Maps maps, int seconds, int size) ->
                    elements(maps.classes())
                            .put(
                                    new Key(Bytes.mark(Words.held(seconds, size)), null),
                                    Element.of(Bytes.mark(Words.held(seconds, size))));
            }
        }
    }

    /** Puts an element. */
    public void put(String set, Element element) {
        Element there = elements(set).put(new Key(element.key(), element.to()), element);
        assertThat(there).as("already in " + set + ": " + element).isIn(null, element);
    }

    int operations() {
        return operations;
    }

    /** Holds what becomes of packets for every frontend, whoever sends them, against what the table says. */
    public void agrees(RouteTable table, int masquerade, String what) {
        for (Entrance entrance : table.entrances()) {
            for (Origin origin : Origin.values()) {
                Treatment treatment = entrance.treatment(origin, table.settings());
                Set<String> wanted = new TreeSet<>();
                if (treatment.backends().isEmpty()) {
                    wanted.add(treatment.rejects() ? "REFUSE" : "DROP");
                } else {
                    treatment.backends().forEach(backend -> wanted.add(backend.address() + " " + backend.port()));
                    if (treatment.masqueraded()) {
                        wanted.add("masqueraded");
                    }
                    if (entrance.route().affinitySeconds() > 0) {
                        wanted.add("held " + entrance.route().affinitySeconds());
                    }
                }
                assertThat(walk(entrance.frontend(), origin, masquerade, table))
                        .as(what + ": " + entrance.frontend() + " from " + origin)
                        .isEqualTo(wanted);
            }
        }
    }

    /** How many elements there are, but for the chains of affinity. */
    public int size() {
        return sets.entrySet().stream()
                .filter(set -> !set.getKey().startsWith("classes"))
                .mapToInt(set -> set.getValue().size())
                .sum();
    }

    private Map<Key, Element> elements(String set) {
        return sets.computeIfAbsent(set, any -> new HashMap<>());
    }

    private @Nullable Bytes look(String map, Bytes key) {
        Element found = elements(map).get(new Key(key, null));
        return found == null ? null : found.data();
    }

    /**
     * Where packets to a frontend go: endpoints, sorted, and the words "masqueraded", "held", "REFUSE",
     * "DROP", "unknown".
     */
    Set<String> walk(Frontend frontend, Origin origin, int masquerade, RouteTable table) {
        Maps maps = Maps.of(frontend.scope().family());
        Bytes key = Maps.frontend(frontend);
        boolean far = origin == Origin.ELSEWHERE;
        Bytes internal = look(maps.internal(), key);
        if (internal != null) {
            boolean known = table.settings().podCidrs().stream().anyMatch(range -> range.family() == maps.family());
            boolean or = table.settings().masqueradeAll() || known && origin != Origin.POD;
            return drawn(maps, internal, masquerade, or);
        }
        for (String map : far
                ? new String[] {maps.externalFar(), maps.external(), maps.portsFar(), maps.ports()}
                : new String[] {maps.external(), maps.ports()}) {
            Bytes found = look(map, key);
            if (found != null) {
                return drawn(maps, found, masquerade, origin == Origin.NODE);
            }
        }
        return Set.of("unknown");
    }

    private Set<String> drawn(Maps maps, Bytes found, int masquerade, boolean or) {
        var words = found.read();
        int word = words.getInt();
        int drawing = words.getInt();
        if (drawing == Words.REFUSE || drawing == Words.DROP) {
            return Set.of(drawing == Words.REFUSE ? "REFUSE" : "DROP");
        }
        Set<String> result = new TreeSet<>();
        if (or || (word & masquerade) != 0) {
            result.add("masqueraded");
        }
        if (drawing >>> 8 != 0) {
            result.add("held " + (drawing >>> 8));
            assertThat(elements(maps.classes())).containsKey(new Key(Bytes.mark(drawing), null));
        }
        int pool = word & ~masquerade;
        int slots = 0;
        String map = maps.endpoints(drawing & 0xff);
        for (int slot = 0; slot < 1 << (drawing & 0xff); slot++) {
            Bytes endpoint = look(map, Maps.two(pool, slot));
            if (endpoint != null) {
                assertThat(slots).as("slots are dense").isEqualTo(slot);
                slots++;
                result.add(text(maps, endpoint));
                if (drawing >>> 8 != 0) {
                    assertThat(elements(maps.live())).hasSizeGreaterThan(0);
                }
            }
        }
        assertThat(slots).as("at least half the class is there").isGreaterThan((1 << (drawing & 0xff)) / 2);
        assertThat(look(map, Maps.two(pool, slots))).as("nothing beyond").isNull();
        return result;
    }

    static String text(Maps maps, Bytes endpoint) {
        byte[] address = new byte[maps.width()];
        var read = endpoint.read();
        read.get(address);
        return IpAddress.of(address) + " " + ((read.get() & 0xff) << 8 | read.get() & 0xff);
    }
}
