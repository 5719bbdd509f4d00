// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How fast a cluster for tests is, each measurement in a JVM of its own; {@code ./build bench junit}. */
public final class JunitBench {
    private static final Map<String, String> MEASURED = measured();

    private JunitBench() {}

    private static Map<String, String> measured() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("answer", "first cluster, start() to the first raw HTTP answer, ms");
        all.put("answer-tls", "first cluster with TLS, start() alone, ms");
        all.put("fabric8", "first cluster and fabric8's client, to its first answer, ms");
        all.put("mock", "fabric8's CRUD mock and the same client, to its first answer, ms");
        all.put("later", "later clusters, start() to the first raw HTTP answer, ms");
        all.put("parallel", "eight at one time in a fresh JVM, to the last first answer, ms");
        all.put("heap", "heap of one more whole cluster, MiB");
        all.put("trips", "a create and its event at a watch over HTTP, ms each");
        return all;
    }

    /** Measures everything so often; prints a table for docs/benchmarks.md. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
        Map<String, List<Double>> numbers = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (String what : MEASURED.keySet()) {
                numbers.computeIfAbsent(what, any -> new ArrayList<>()).add(measure(what));
            }
        }
        System.out.println("| what | min | median | max |\n|---|---|---|---|");
        numbers.forEach((what, all) -> System.out.printf(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.1f |%n",
                MEASURED.get(what),
                all.stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
                ClusterStart.median(all),
                all.stream().mapToDouble(Double::doubleValue).max().orElseThrow()));
    }

    private static double measure(String what) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process child = new ProcessBuilder(
                        java, "-cp", System.getProperty("java.class.path"), ClusterStart.class.getName(), what)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (child.waitFor() != 0) {
            throw new IOException(what + ": the measuring JVM ended with " + child.exitValue());
        }
        return Double.parseDouble(printed.lines().reduce((first, last) -> last).orElseThrow());
    }
}
