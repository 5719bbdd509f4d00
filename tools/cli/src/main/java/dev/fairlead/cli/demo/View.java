// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The live view: requests per second, each backend's share, errors, once a second. */
final class View implements AutoCloseable {
    private static final long EVERY_MILLIS = 1000;

    private final Shopper shopper;
    private final Consumer<String> out;
    private final boolean live;
    private final Thread thread;
    private int seen;
    private volatile boolean closed;

    View(Shopper shopper, Consumer<String> out, boolean live) {
        this.shopper = shopper;
        this.out = out;
        this.live = live;
        this.thread = Thread.ofPlatform().daemon().name("demo-view").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                Thread.sleep(EVERY_MILLIS);
            } catch (InterruptedException end) {
                return;
            }
            List<Sample> all = shopper.samples();
            out.accept((live ? "\r\u001b[K" : "  ") + line(all.subList(seen, all.size())));
            seen = all.size();
        }
    }

    private static String line(List<Sample> recent) {
        if (recent.isEmpty()) {
            return "no request was answered in the last second";
        }
        Map<String, Integer> shares = new TreeMap<>();
        recent.stream()
                .filter(sample -> !sample.backend().isEmpty())
                .forEach(sample -> shares.merge(sample.backend(), 1, Integer::sum));
        long errors = recent.stream().filter(sample -> sample.error() != null).count();
        String pods = shares.entrySet().stream()
                .map(entry -> tail(entry.getKey()) + " " + Math.round(100.0 * entry.getValue() / recent.size()) + "%")
                .collect(Collectors.joining("  "));
        return String.format("%-13s %5d req/s  errors %d   %s", recent.getLast().phase(), recent.size(), errors, pods);
    }

    /** The last part of a pod's name tells pods of one Deployment apart. */
    private static String tail(String pod) {
        return pod.substring(pod.lastIndexOf('-') + 1);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
