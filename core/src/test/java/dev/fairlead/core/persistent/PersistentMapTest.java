// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.persistent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PersistentMapTest {
    /** What hash a key gets; the inverse of the map's spreading makes hashes that meet in chosen bits. */
    enum Hashes {
        GOOD,
        FEW,
        ONE,
        SAME_LOW_BITS,
        SAME_HIGH_BITS;

        int of(int id) {
            return switch (this) {
                case GOOD -> id * 0x01000193;
                case FEW -> id % 3;
                case ONE -> 7;
                case SAME_LOW_BITS -> unspread((id % 5) << 30 | 0x1234567);
                case SAME_HIGH_BITS -> unspread(id % 9);
            };
        }

        private static int unspread(int spread) {
            int mixed = spread ^ spread >>> 15 ^ spread >>> 30;
            int inverse = 0x9E3779B9;
            for (int i = 0; i < 5; i++) {
                inverse *= 2 - 0x9E3779B9 * inverse; // Newton: each step doubles the correct bits
            }
            return mixed * inverse;
        }
    }

    record Key(int id, int hash) {
        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && key.id == id;
        }
    }

    private record Seen(
            Key key, @Nullable Integer before, @Nullable Integer after) {}

    @Test
    void theHashesOfThisTestMeetWhereTheyShould() {
        for (int id = 0; id < 50; id++) {
            Key key = new Key(id, Hashes.SAME_LOW_BITS.of(id));
            assertThat(TrieNode.spread(key)).isEqualTo((id % 5) << 30 | 0x1234567);
        }
    }

    @ParameterizedTest
    @EnumSource(Hashes.class)
    void behavesAsAHashMap(Hashes hashes) {
        long seed = 20261121;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        PersistentMap<Key, Integer> map = PersistentMap.empty();
        Map<Key, Integer> naive = new HashMap<>();
        PersistentMap<Key, Integer> older = map;
        Map<Key, Integer> naiveOlder = Map.of();
        for (int step = 0; step < 1500; step++) {
            int id = random.nextInt(random.nextBoolean() ? 6 : 60);
            Key key = new Key(id, hashes.of(id));
            if (random.nextInt(100) == 0) {
                older = map;
                naiveOlder = Map.copyOf(naive);
            }
            PersistentMap<Key, Integer> before = map;
            if (random.nextInt(5) < (step / 250 % 2 == 0 ? 3 : 1)) {
                int value = random.nextInt(3);
                map = map.with(key, value);
                boolean same = Objects.equals(naive.put(key, value), value);
                sameOrNot(same, map, before, "seed " + seed + " step " + step);
            } else {
                map = map.without(key);
                sameOrNot(naive.remove(key) == null, map, before, "seed " + seed + " step " + step);
            }
            check(map, naive, "seed " + seed + " step " + step);
            checkDifferences(older, naiveOlder, map, naive);
            assertThat(entries(older)).isEqualTo(naiveOlder);
        }
    }

    private static void sameOrNot(boolean same, Object map, Object before, String at) {
        if (same) {
            assertThat(map).as(at).isSameAs(before);
        } else {
            assertThat(map).as(at).isNotSameAs(before);
        }
    }

    private static Map<Key, Integer> entries(PersistentMap<Key, Integer> map) {
        Map<Key, Integer> entries = new HashMap<>();
        map.forEach((key, value) -> assertThat(entries.put(key, value)).isNull());
        return entries;
    }

    private static void check(PersistentMap<Key, Integer> map, Map<Key, Integer> naive, String at) {
        assertThat(entries(map)).as(at).isEqualTo(naive);
        assertThat(map.size()).as(at).isEqualTo(naive.size());
        assertThat(map.keys()).hasSize(naive.size());
        assertThat(map.values()).hasSize(naive.size());
        PersistentMap<Key, Integer> anew = PersistentMap.empty();
        for (Map.Entry<Key, Integer> entry : naive.entrySet()) {
            assertThat(map.get(entry.getKey())).as(at).isEqualTo(entry.getValue());
            anew = anew.with(entry.getKey(), entry.getValue());
        }
        assertThat(map.get(new Key(1000, 7))).isNull();
        assertThat(map.equals(anew)).as(at + ": equal entries, equal maps").isTrue();
        assertThat(map).hasSameHashCodeAs(anew);
        Key extra = new Key(2000, 7);
        assertThat(map.with(extra, 1).equals(map)).isFalse();
        assertThat(map.with(extra, 1).without(extra).equals(map)).as(at).isTrue();
    }

    private static void checkDifferences(
            PersistentMap<Key, Integer> before,
            Map<Key, Integer> naiveBefore,
            PersistentMap<Key, Integer> after,
            Map<Key, Integer> naiveAfter) {
        List<Seen> found = new ArrayList<>();
        after.differencesFrom(before, (key, old, now) -> found.add(new Seen(key, old, now)));
        List<Seen> wanted = new ArrayList<>();
        naiveBefore.forEach((key, old) -> {
            Integer now = naiveAfter.get(key);
            if (!old.equals(now)) {
                wanted.add(new Seen(key, old, now));
            }
        });
        naiveAfter.forEach((key, now) -> {
            if (!naiveBefore.containsKey(key)) {
                wanted.add(new Seen(key, null, now));
            }
        });
        assertThat(found).containsExactlyInAnyOrderElementsOf(wanted);
    }

    /** Two keys of one hash used to move up when a third went; a fourth then joined them, whatever its hash was. */
    @Test
    void keysOfOneHashStayBelowWhenTheirNeighbourGoes() {
        Key one = new Key(1, 7);
        Key two = new Key(2, 7);
        Key other = new Key(3, 8);
        PersistentMap<Key, Integer> plain =
                PersistentMap.<Key, Integer>empty().with(one, 1).with(two, 2);
        assertThat(plain.with(other, 3).without(other)).isEqualTo(plain);
        assertThat(plain.with(other, 3).without(other).with(other, 3)).isEqualTo(plain.with(other, 3));
    }

    /** Names as short as "an" and "c0" share a hash; a third key beside them used to break every comparison with before. */
    @Test
    void keysOfOneHashAreComparedWithABranchInTheirPlace() {
        assertThat("an").hasSameHashCodeAs("c0");
        PersistentMap<String, Integer> before =
                PersistentMap.<String, Integer>empty().with("an", 1).with("c0", 2);
        PersistentMap<String, Integer> after =
                before.with("web", 3).with("c0", 4).with("dns", 5);
        assertThat(differences(before, after))
                .containsExactlyInAnyOrder("web: null to 3", "c0: 2 to 4", "dns: null to 5");
        assertThat(differences(after, before))
                .containsExactlyInAnyOrder("web: 3 to null", "c0: 4 to 2", "dns: 5 to null");
    }

    private static List<String> differences(
            PersistentMap<String, Integer> before, PersistentMap<String, Integer> after) {
        List<String> differences = new ArrayList<>();
        after.differencesFrom(before, (key, old, now) -> differences.add(key + ": " + old + " to " + now));
        return differences;
    }
}
