// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** dnsperf on processor 1, over UDP to 127.0.0.1. */
final class DnsPerf {
    private static final int TIMEOUT = 5; // seconds

    private final Path queries;
    private final Path output;

    /** What one run gave: how many were answered, and {@code lost} of a million queries. */
    record Load(double perSecond, double answered, double lost) {}

    DnsPerf(Path queries, Path output) {
        this.queries = queries;
        this.output = output;
    }

    /** As many as are answered. */
    Load most(int port, int seconds) throws IOException, InterruptedException {
        run(port, seconds, List.of("-q", "400"));
        double perSecond = Double.NaN;
        double sent = Double.NaN;
        double lost = Double.NaN;
        double answered = Double.NaN;
        for (String line : Files.readAllLines(output)) {
            String[] words = line.trim().split("\\s+");
            if (line.contains("Queries per second:")) {
                perSecond = Double.parseDouble(words[3]);
            } else if (line.contains("Queries sent:")) {
                sent = Double.parseDouble(words[2]);
            } else if (line.contains("Queries completed:")) {
                answered = Double.parseDouble(words[2]);
            } else if (line.contains("Queries lost:")) {
                lost = Double.parseDouble(words[2]);
            }
        }
        return new Load(perSecond, answered, 1e6 * lost / sent);
    }

    /** So many a second; how long each answer took, of one that did not come as long as it was waited for. */
    void latency(int port, int seconds, int perSecond, Sample into) throws IOException, InterruptedException {
        run(port, seconds, List.of("-q", "1000", "-Q", Integer.toString(perSecond), "-v"));
        try (BufferedReader lines = Files.newBufferedReader(output)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("> T ")) { // > T name type
                    into.add(1e3 * TIMEOUT);
                } else if (line.startsWith("> ")) { // > NOERROR name type seconds
                    into.add(1e3 * Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)));
                }
            }
        }
    }

    private void run(int port, int seconds, List<String> more) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("taskset", "-c", "1", "dnsperf", "-s", "127.0.0.1"));
        words.addAll(List.of("-p", Integer.toString(port), "-d", queries.toString(), "-T", "1", "-c", "8"));
        words.addAll(List.of("-l", Integer.toString(seconds), "-t", Integer.toString(TIMEOUT)));
        words.addAll(more);
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(output.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("dnsperf failed; the programs needed: apt-get install dnsperf util-linux");
        }
    }
}
