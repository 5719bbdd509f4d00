// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.store.disk.DiskStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is acknowledged survives; what is not is there whole or not at all. */
final class CrashTest {
    private static final int THREADS = 4;

    @TempDir
    private Path folder;

    private final long[] counts = new long[THREADS];
    private final long[] revisions = new long[THREADS];

    /** {@code -Dfairlead.crash.rounds=200} is the slow campaign. */
    @Test
    void aKilledWriterLosesNothingAcknowledged() throws Exception {
        int rounds = Integer.getInteger("fairlead.crash.rounds", 10);
        long seed = Long.getLong("fairlead.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < rounds; round++) {
            killedAfter(random.nextInt(4) == 0 ? random.nextInt(5) : random.nextInt(1500));
            check("round %d of seed %d".formatted(round, seed));
        }
    }

    private void killedAfter(int acknowledged) throws Exception {
        Process process = CrashWriter.start(folder, THREADS);
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), US_ASCII))) {
            assertThat(out.readLine()).isEqualTo("ready");
            for (int i = 0; i < acknowledged; i++) {
                remember(out.readLine());
            }
            process.toHandle().destroyForcibly(); // the process' own method would close the pipe
            // What the pipe still holds was acknowledged too; only its last line may be cut.
            String rest = out.readAllAsString();
            rest.substring(0, rest.lastIndexOf('\n') + 1).lines().forEach(this::remember);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private void remember(String line) {
        long[] words = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        counts[(int) words[0]] = words[1];
        revisions[(int) words[0]] = words[2];
    }

    private void check(String when) {
        try (Store store = DiskStore.open(folder)) {
            for (int thread = 0; thread < THREADS; thread++) {
                Entry left = store.get(CrashWriter.left(thread)).orElse(null);
                Entry right = store.get(CrashWriter.right(thread)).orElse(null);
                if (left == null || right == null) {
                    assertThat(counts[thread]).as(when).isZero();
                    assertThat(left).as(when).isSameAs(right);
                    continue;
                }
                long count = CrashWriter.number(left);
                assertThat(count).as(when).isBetween(counts[thread], counts[thread] + 1);
                assertThat(CrashWriter.number(right)).as(when).isEqualTo(count);
                assertThat(right.modRevision()).as(when).isEqualTo(left.modRevision());
                if (count == counts[thread]) {
                    assertThat(left.modRevision()).as(when).isEqualTo(revisions[thread]);
                }
                assertThat(store.prefix("/one/" + thread + "/", 0, 0).entries())
                        .as(when)
                        .extracting(Entry::key)
                        .containsExactly("/one/" + thread + "/" + count);
                assertThat(store.revision()).as(when).isGreaterThanOrEqualTo(left.modRevision());
                counts[thread] = count;
                revisions[thread] = left.modRevision();
            }
        }
    }

    /** What a power cut may leave: the log up to anywhere, then nothing or rubbish. */
    @Test
    void aTornLogIsReadUpToItsLastWholeCommit() throws Exception {
        long seed = Long.getLong("fairlead.seed", System.nanoTime());
        Random random = new Random(seed);
        Path live = Files.createDirectory(folder.resolve("live"));
        Map<Long, List<Entry>> states = new TreeMap<>();
        byte[] file;
        byte[] log;
        try (Store store = DiskStore.open(live)) {
            states.put(store.revision(), List.of());
            for (int i = 0; i < 30; i++) {
                byte[] value = new byte[random.nextInt(9000)];
                random.nextBytes(value);
                store.commit(List.of(
                        Write.put("a" + random.nextInt(9), value, Expect.any()),
                        Write.delete("b" + random.nextInt(9), Expect.any()),
                        Write.put("c" + random.nextInt(9), value, Expect.any())));
                states.put(store.revision(), store.prefix("", 0, 0).entries());
            }
            file = Files.readAllBytes(live.resolve("store.db"));
            log = Files.readAllBytes(live.resolve("store.db-wal"));
        }
        long last = 0;
        for (int cut = 0; cut < 40; cut++) {
            Path copy = Files.createDirectory(folder.resolve("copy" + cut));
            Files.write(copy.resolve("store.db"), file);
            int length = cut == 39 ? log.length : (int) ((long) log.length * cut / 39) + random.nextInt(100);
            byte[] torn = Arrays.copyOf(log, length);
            Files.write(copy.resolve("store.db-wal"), torn);
            byte[] rubbish = new byte[cut % 2 * 5000];
            random.nextBytes(rubbish);
            Files.write(copy.resolve("store.db-wal"), rubbish, StandardOpenOption.APPEND);
            try (Store store = DiskStore.open(copy)) {
                assertThat(store.revision()).as("seed %d, cut %d", seed, cut).isBetween(last, 31L);
                assertThat(store.prefix("", 0, 0).entries())
                        .as("seed %d, cut %d", seed, cut)
                        .isEqualTo(states.get(store.revision()));
                last = store.revision();
            }
        }
        assertThat(last).isEqualTo(31);
    }
}
