// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The live view: requests per second, errors, each backend's share, once a second. */
final class View implements AutoCloseable {
    private static final long EVERY_MILLIS = 1000;

    private final Shopper shopper;
    private final Screen screen;
    private final Thread thread;
    private int seen;
    private volatile boolean closed;

    View(Shopper shopper, Screen screen) {
        this.shopper = shopper;
        this.screen = screen;
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
            screen.now(line(all.subList(seen, all.size())));
            seen = all.size();
        }
    }

    /** What one second brought, in one line of a terminal; pods that have no room are counted. */
    static String line(List<Sample> recent) {
        Map<String, Integer> shares = new TreeMap<>();
        recent.stream()
                .filter(sample -> !sample.backend().isEmpty())
                .forEach(sample -> shares.merge(sample.backend(), 1, Integer::sum));
        long errors = recent.stream().filter(sample -> sample.error() != null).count();
        StringBuilder line = new StringBuilder(
                String.format("  %5d req/s  %d error%s", recent.size(), errors, errors == 1 ? " " : "s"));
        int left = shares.size();
        for (Map.Entry<String, Integer> pod : shares.entrySet()) {
            String share = "  " + tail(pod.getKey()) + " " + Math.round(100.0 * pod.getValue() / recent.size()) + "%";
            String rest = left > 1 ? "  +" + (left - 1) : "";
            if (line.length() + share.length() + rest.length() >= Screen.WIDTH) {
                return line.append("  +").append(left).toString();
            }
            line.append(share);
            left--;
        }
        return line.toString();
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
