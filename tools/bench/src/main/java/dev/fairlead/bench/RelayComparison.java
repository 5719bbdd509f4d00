// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The relay against HAProxy (mode tcp, one thread) against no proxy: same nginx behind, same wrk before, both proxies
 * pinned to processor 0 and wrk to processor 1, in turns. Besides what passed it tells the processor time that the proxy
 * spent on it, which says more where others use the machine too.
 */
final class RelayComparison {
    private static final int SECONDS = 2;
    private static final int LARGE = 1 << 20;
    private static final double TICK_MICROS = 10_000; // of /proc/PID/stat: USER_HZ is 100

    private enum Load {
        CONNECTIONS("new connections/s"),
        KEEP_ALIVE("keep-alive requests/s"),
        THROUGHPUT("MiB/s in bodies of 1 MiB");

        private final String text;

        Load(String text) {
            this.text = text;
        }

        List<String> wrk(int port) {
            String url = "http://127.0.0.1:" + port;
            List<String> words = new ArrayList<>(List.of("taskset", "-c", "1", "wrk", "-t1", "-d" + SECONDS + "s"));
            words.addAll(
                    switch (this) {
                        case CONNECTIONS -> List.of("-c32", "-H", "Connection: close", url + "/");
                        case KEEP_ALIVE -> List.of("-c32", url + "/");
                        case THROUGHPUT -> List.of("-c8", url + "/large");
                    });
            return words;
        }
    }

    private record Way(String name, int port, Process proxy) {}

    private record Row(Load load, String way) {}

    private record Result(Sample rate, Sample micros) {}

    private final List<Process> running = new ArrayList<>();
    private final Map<Row, Result> results = new LinkedHashMap<>();

    private RelayComparison() {}

    static void run(int rounds) throws IOException, InterruptedException {
        Conditions.print("begin");
        Path scratch = Conditions.scratch();
        RelayComparison comparison = new RelayComparison();
        try {
            comparison.measure(scratch, rounds);
        } finally {
            comparison.running.reversed().forEach(Process::destroy);
        }
        Conditions.print("\nend");
        for (Process each : comparison.running) {
            each.waitFor();
        }
        Conditions.delete(scratch);
    }

    private void measure(Path scratch, int rounds) throws IOException, InterruptedException {
        int backend = 18_080;
        Path nginx = Files.writeString(scratch.resolve("nginx.conf"), """
                worker_processes 1; daemon off; master_process off; pid %1$s/nginx.pid; error_log %1$s/nginx.log;
                events { worker_connections 8192; }
                http {
                  access_log off; keepalive_requests 100000000; tcp_nodelay on;
                  client_body_temp_path %1$s; proxy_temp_path %1$s; fastcgi_temp_path %1$s; uwsgi_temp_path %1$s;
                  scgi_temp_path %1$s;
                  server {
                    listen 127.0.0.1:%2$d backlog=8192;
                    root %1$s;
                    location = / { return 200 "hello, thirty-two bytes of body\\n"; }
                  }
                }
                """.formatted(scratch, backend));
        Files.write(scratch.resolve("large"), new byte[LARGE]);
        Path haproxy = Files.writeString(scratch.resolve("haproxy.cfg"), """
                global
                  nbthread 1
                  maxconn 8000
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                listen all
                  bind 127.0.0.1:%d backlog 8192
                  server one 127.0.0.1:%d
                """.formatted(backend + 1, backend));
        Process direct = start(scratch, "nginx", "-c", nginx.toString());
        List<Way> ways = List.of(
                new Way("direct", backend, direct),
                new Way(
                        "HAProxy",
                        backend + 1,
                        start(scratch, "taskset", "-c", "0", "haproxy", "-f", haproxy.toString())),
                new Way("Fairlead", backend + 2, start(scratch, relay(backend + 2, backend))));
        Thread.sleep(2000);
        for (int round = -1; round < rounds; round++) { // the first warms up and is thrown away
            for (Load load : Load.values()) {
                for (Way way : ways) {
                    measure(load, way, round >= 0);
                }
            }
        }
        print(ways);
    }

    private static String[] relay(int port, int backend) {
        return new String[] {
            "taskset",
            "-c",
            "0",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            RelayServer.class.getName(),
            Integer.toString(port),
            Integer.toString(backend)
        };
    }

    private Process start(Path scratch, String... words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.redirectOutput(Files.createTempFile(scratch, "process", ".log").toFile());
        try {
            Process process = builder.start();
            running.add(process);
            return process;
        } catch (IOException missing) {
            throw new IOException(
                    missing.getMessage() + "; the programs needed: apt-get install nginx-light haproxy wrk", missing);
        }
    }

    private void measure(Load load, Way way, boolean counts) throws IOException, InterruptedException {
        if (!way.proxy.isAlive()) {
            throw new IOException(way.name + " ended: is a port from 18080 to 18082 taken?");
        }
        double before = cpuMicros(way.proxy.pid());
        Process wrk =
                new ProcessBuilder(load.wrk(way.port)).redirectErrorStream(true).start();
        String said = new String(wrk.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        wrk.waitFor();
        double spent = cpuMicros(way.proxy.pid()) - before;
        double requests = number(said, "(\\d+) requests in");
        double rate = number(said, "Requests/sec:\\s+([0-9.]+)");
        if (said.contains("Socket errors")
                && !said.matches("(?s).*Socket errors: connect 0, read \\d+, write 0, timeout 0.*")) {
            System.err.println("bench: " + way.name + ", " + load.text + ": " + said.strip());
        }
        if (counts) {
            Result result =
                    results.computeIfAbsent(new Row(load, way.name), any -> new Result(new Sample(), new Sample()));
            result.rate.add(rate);
            result.micros.add(spent / requests);
        }
    }

    private static double cpuMicros(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MICROS;
    }

    private static double number(String text, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IOException("wrk said: " + text);
        }
        return Double.parseDouble(matcher.group(1));
    }

    private void print(List<Way> ways) {
        System.out.println(
                "\n| load | way | median | min | max | of HAProxy | proxy's CPU µs per connection, request, MiB |");
        System.out.println("|---|---|--:|--:|--:|--:|--:|");
        for (Load load : Load.values()) {
            double haproxy = result(load, "HAProxy").rate.median();
            for (Way way : ways) {
                Result result = result(load, way.name);
                System.out.println(String.format(
                        Locale.ROOT,
                        "| %s | %s | %s | %.0f %% | %s |",
                        load.text,
                        way.name,
                        result.rate.spread("%.0f"),
                        100 * result.rate.median() / haproxy,
                        way.name.equals("direct") ? "" : String.format(Locale.ROOT, "%.1f", result.micros.median())));
            }
        }
    }

    private Result result(Load load, String way) {
        return results.getOrDefault(new Row(load, way), new Result(new Sample(), new Sample()));
    }
}
