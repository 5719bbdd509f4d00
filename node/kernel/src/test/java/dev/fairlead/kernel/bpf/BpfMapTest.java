// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is put into a map is read back from it. */
@ExtendWith(NeedsSocketHooks.class)
class BpfMapTest {
    private static byte[] bytes(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.nativeOrder());
        for (int word : words) {
            bytes.putInt(word);
        }
        return bytes.array();
    }

    private static int number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt();
    }

    /** Random single and batched changes against a map of Java's. */
    @ParameterizedTest
    @ValueSource(longs = {20261121, 5})
    void aHashHoldsWhatWasPut(long seed) {
        Random random = new Random(seed);
        Map<Integer, Integer> model = new HashMap<>();
        try (BpfMap map = BpfMap.create(MapSpec.hash("model", 8, 12, 20_000))) {
            for (int step = 0; step < 60; step++) {
                switch (random.nextInt(5)) {
                    case 0 -> {
                        int key = random.nextInt(500);
                        map.put(bytes(key, 1), bytes(step, 2, 3));
                        model.put(key, step);
                    }
                    case 1 -> {
                        int key = random.nextInt(500);
                        assertThat(map.remove(bytes(key, 1)))
                                .as("seed " + seed + ", step " + step)
                                .isEqualTo(model.remove(key) != null);
                    }
                    case 2 -> {
                        List<byte[]> keys = new ArrayList<>();
                        new ArrayList<>(model.keySet())
                                .stream().filter(_ -> random.nextInt(4) == 0).forEach(key -> {
                                    keys.add(bytes(key, 1));
                                    model.remove(key);
                                });
                        map.removeAll(keys);
                    }
                    default -> {
                        List<Map.Entry<byte[], byte[]>> entries = new ArrayList<>();
                        int count = random.nextInt(20) == 0 ? 9000 : random.nextInt(100);
                        for (int i = 0; i < count; i++) {
                            int key = random.nextInt(count < 9000 ? 500 : 10_000);
                            entries.add(Map.entry(bytes(key, 1), bytes(i, 2, 3)));
                            model.put(key, i);
                        }
                        map.putAll(entries);
                    }
                }
            }
            Map<Integer, Integer> held = new HashMap<>();
            for (byte[] key : map.keys()) {
                byte[] value = map.lookup(key).orElseThrow();
                assertThat(value).endsWith(bytes(2, 3));
                held.put(number(key), number(value));
            }
            assertThat(held).as("seed " + seed).isEqualTo(model);
        }
    }

    @Test
    void anArrayIsFullOfZeros() {
        try (BpfMap map = BpfMap.create(MapSpec.array("numbers", 8, 4))) {
            map.put(bytes(2), bytes(7, 8));
            assertThat(map.lookup(bytes(2)))
                    .hasValueSatisfying(value -> assertThat(value).isEqualTo(bytes(7, 8)));
            assertThat(map.lookup(bytes(3)))
                    .hasValueSatisfying(value -> assertThat(value).isEqualTo(bytes(0, 0)));
            assertThat(map.lookup(bytes(4))).isEmpty();
            assertThat(map.keys()).hasSize(4);
        }
    }

    @Test
    void theLongestPrefixIsFound() {
        try (BpfMap map = BpfMap.create(MapSpec.prefixes("ranges", 4, 4, 10))) {
            map.put(prefix(8, 10, 0, 0, 0), bytes(1));
            map.put(prefix(16, 10, 1, 0, 0), bytes(2));
            assertThat(map.lookup(prefix(32, 10, 1, 2, 3)).map(BpfMapTest::number))
                    .contains(2);
            assertThat(map.lookup(prefix(32, 10, 2, 2, 3)).map(BpfMapTest::number))
                    .contains(1);
            assertThat(map.lookup(prefix(32, 11, 2, 2, 3))).isEmpty();
        }
    }

    private static byte[] prefix(int bits, int... address) {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putInt(bits);
        for (int one : address) {
            bytes.put((byte) one);
        }
        return bytes.array();
    }

    @Test
    void refusalsSayWhat() {
        try (BpfMap map = BpfMap.create(MapSpec.hash("small", 4, 4, 1))) {
            map.put(bytes(1), bytes(1));
            assertThatThrownBy(() -> map.put(bytes(2), bytes(2)))
                    .isInstanceOfSatisfying(
                            KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.E2BIG))
                    .hasMessageContaining("put into map small");
            assertThatThrownBy(() -> map.put(bytes(1, 2), bytes(2))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.removeAll(List.of(bytes(7), bytes(8))))
                    .isInstanceOfSatisfying(
                            KernelException.class,
                            e -> assertThat(e.isNotFound()).isTrue());
        }
    }
}
