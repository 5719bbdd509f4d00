// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * From exec of {@code ./fairlead up} to 200 on /readyz over HTTPS, with a new data directory (cold) and with the one of the
 * run before (warm), with and without the launch cache, in turns; and resident memory ten seconds later.
 */
final class StartUp {
    private static final int MEMORY_ROUNDS = 2;
    private static final long IDLE_MILLIS = 10_000;

    private StartUp() {}

    static void run(Path home, int rounds) throws IOException, InterruptedException {
        Conditions.print("begin");
        Path scratch = Conditions.scratch();
        Map<String, Sample> times = new LinkedHashMap<>();
        Map<String, Sample> memory = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) { // the first is thrown away
            for (boolean cache : new boolean[] {true, false}) {
                Path data = Files.createDirectory(scratch.resolve("data" + round + cache));
                for (String state : new String[] {"cold", "warm"}) {
                    String row = state + (cache ? ", launch cache" : ", no launch cache");
                    try (Launched up = Launched.start(home, data, cache)) {
                        System.err.println(row + ": " + up.readyNanos() / 1_000_000 + " ms");
                        if (round >= 0) {
                            times.computeIfAbsent(row, any -> new Sample()).addNanos(up.readyNanos());
                        }
                        if (round >= 0 && round < MEMORY_ROUNDS && state.equals("cold")) {
                            Thread.sleep(IDLE_MILLIS);
                            memory.computeIfAbsent(row, any -> new Sample()).add(up.residentMebibytes());
                        }
                    }
                }
            }
        }
        System.out.println("\n| start | n | median ms | min | max | idle MiB (median of " + MEMORY_ROUNDS + ") |");
        System.out.println("|---|--:|--:|--:|--:|--:|");
        times.forEach((row, sample) -> {
            Sample idle = memory.getOrDefault(row, new Sample());
            String mebibytes = idle.size() == 0 ? "" : String.format(Locale.ROOT, "%.0f", idle.median());
            System.out.println(
                    "| " + row + " | " + sample.size() + " | " + sample.spread("%.0f") + " | " + mebibytes + " |");
        });
        Conditions.print("\nend");
        Conditions.delete(scratch);
    }
}
