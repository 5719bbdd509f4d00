// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Query;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When requests must be answered, or have begun to be. One that is not is answered 504 in its place; what is done for it goes
 * on, as a write that is under way cannot be taken back, and its answer is dropped.
 *
 * <p>How this works: the open requests are looked through now and then, so that one that is answered in time costs no timer and
 * no look at the clock: it is put into a set and taken out. One that asks for less time by {@code ?timeout=} has a timer.
 */
final class Deadlines {
    /** How many looks a request may take. */
    static final int LOOKS = 60;

    private static final Pattern TIMEOUT = Pattern.compile("[?&]timeout=");
    private static final Pattern PART = Pattern.compile("\\G([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h)");
    /** What lasts as long as a pod and its client like. */
    private static final Pattern LASTING =
            Pattern.compile("/+api/+v1/+namespaces/+[^/]+/+pods/+[^/]+/+(log|exec|attach|portforward)/*");

    private final Vertx vertx;
    private final Duration most;
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private volatile long look;

    /** @param most what requests may take that ask for no less */
    Deadlines(Vertx vertx, Duration most) {
        this.vertx = vertx;
        this.most = most;
    }

    /** One request that is to be answered. */
    final class Wait {
        private final String path;
        private final Consumer<Refusal> late;
        private final long since = look;
        private final AtomicBoolean over = new AtomicBoolean();
        private long timer = -1;

        private Wait(String path, Consumer<Refusal> late) {
            this.path = path;
            this.late = late;
        }

        /** There is an answer: whether it is in time, so that it is to be sent. */
        boolean end() {
            waits.remove(this);
            if (timer >= 0) {
                vertx.cancelTimer(timer);
            }
            return over.compareAndSet(false, true);
        }

        private void tooLate() {
            waits.remove(this);
            if (!LASTING.matcher(path).matches() && !Turns.proxied(path) && over.compareAndSet(false, true)) {
                late.accept(Refusal.tooLate());
            }
        }
    }

    /**
     * A request begins.
     *
     * @param target its path and query
     * @param late is told once that it was not answered in time; must not wait
     * @throws Refusal 400 when it asks for a time that is none
     */
    Wait begin(String target, Consumer<Refusal> late) {
        int question = target.indexOf('?');
        Wait wait = new Wait(question < 0 ? target : target.substring(0, question), late);
        if (question >= 0 && TIMEOUT.matcher(target).find()) {
            Query query = Query.of(target);
            Duration asked = query.truth("watch") ? most : duration(query.text("timeout"));
            if (!asked.isZero() && asked.compareTo(most) < 0) {
                wait.timer = vertx.setTimer(Math.max(1, asked.toMillis()), _ -> wait.tooLate());
            }
        }
        waits.add(wait);
        return wait;
    }

    /** Ends the waits that have lasted for {@link #LOOKS} looks. For one caller, again and again. */
    void look() {
        long now = look + 1;
        look = now;
        for (Wait wait : waits) {
            if (now - wait.since > LOOKS) {
                wait.tooLate();
            }
        }
    }

    /** A duration as Go writes it; zero for none. */
    private static Duration duration(String text) {
        if (text.isEmpty() || text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher part = PART.matcher(text);
        double seconds = 0;
        int end = 0;
        while (part.find()) {
            seconds += Double.parseDouble(part.group(1)) * seconds(part.group(2));
            end = part.end();
        }
        if (end == 0 || end < text.length()) {
            throw Refusal.badRequest("invalid timeout specified in the request URL - time: invalid duration \"" + text
                    + "\"; write it as 30s or 1m30s");
        }
        return Duration.ofMillis((long) Math.ceil(seconds * 1_000));
    }

    private static double seconds(String unit) {
        return switch (unit) {
            case "ns" -> 1e-9;
            case "us", "µs" -> 1e-6;
            case "ms" -> 1e-3;
            case "m" -> 60;
            case "h" -> 3_600;
            default -> 1;
        };
    }
}
