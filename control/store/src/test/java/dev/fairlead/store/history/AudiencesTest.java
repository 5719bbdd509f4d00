// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.store.Retention;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class AudiencesTest {
    @Test
    void aChangeIsToldToThePrefixesOfItsKeyAndToNobodyElse() {
        long seed = Long.getLong("fairlead.seed", System.nanoTime());
        Random random = new Random(seed);
        History history = new History(Retention.STANDARD, 1, List.of());
        for (int round = 0; round < 500; round++) {
            Audiences audiences = new Audiences();
            Map<String, Audience> byPrefix = new TreeMap<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                String prefix = word(random);
                Cursor cursor = new Cursor(history, new Audiences(), prefix, 1);
                byPrefix.put(prefix, audiences.join(prefix, cursor, 1));
            }
            String key = word(random);
            Set<Audience> told = new HashSet<>();
            audiences.changed(key, 7, told);
            Set<Audience> expected = byPrefix.entrySet().stream()
                    .filter(entry -> key.startsWith(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .collect(Collectors.toSet());
            assertThat(told)
                    .as("seed %d: %s among %s", seed, key, byPrefix.keySet())
                    .isEqualTo(expected);
            assertThat(told).allMatch(audience -> audience.changed() == 7);
        }
    }

    /** Of few letters, so that words often are prefixes of each other. */
    private static String word(Random random) {
        return random.ints(random.nextInt(7), 'a', 'c' + 1)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }
}
