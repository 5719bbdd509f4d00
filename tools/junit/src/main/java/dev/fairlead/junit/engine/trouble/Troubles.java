// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.trouble;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Signalled;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.protobuf.Protobuf;
import dev.fairlead.wire.schema.Schema;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * An API with the trouble that a test asked for. A request first waits as long as answers are slow; then it is refused, for the
 * first of the reasons there are, or asked of the API, perhaps otherwise than it was put.
 */
public final class Troubles implements Api, AutoCloseable {
    private static final long NONE = 0;

    private final Api api;
    private final Time time;
    private final StaleReads stale;
    /** Those that are open, and whether they are read in protobuf. */
    private final Map<TroubledWatch, Boolean> watches = new ConcurrentHashMap<>();

    private final Set<CountDownLatch> waiting = ConcurrentHashMap.newKeySet();
    private final Deque<Integer> answers = new ArrayDeque<>();
    private final List<Resource> conflicts = new ArrayList<>();
    private volatile int always;
    private volatile Duration slow = Duration.ZERO;
    private volatile Duration slowWatches = Duration.ZERO;
    private volatile long forgottenBefore;

    /** No trouble at first. */
    public Troubles(Api api, Time time) {
        this.api = api;
        this.time = time;
        this.stale = new StaleReads(api);
    }

    /** The next write of an object of that kind meets a conflict. */
    public void conflict(Resource kind) {
        synchronized (conflicts) {
            conflicts.add(kind);
        }
    }

    /** The next requests are answered so, after those of which that was said before. */
    public void answer(int status, int times) {
        synchronized (answers) {
            for (int i = 0; i < times; i++) {
                answers.add(status);
            }
        }
    }

    /** All requests are answered so. */
    public void answer(int status) {
        always = status;
    }

    /** Answers come so much later. */
    public void slow(Duration delay) {
        slow = delay;
        if (delay.isZero()) {
            waiting.forEach(CountDownLatch::countDown);
        }
    }

    /** Events come so much later. */
    public void slowWatches(Duration delay) {
        slowWatches = delay;
        if (delay.isZero()) {
            look();
        }
    }

    /** Has all watches look what is due, when the clock was moved. */
    public void look() {
        watches.keySet().forEach(TroubledWatch::ring);
    }

    /** Open watches break off. */
    public void drop() {
        watches.keySet().forEach(TroubledWatch::breakOff);
    }

    /** Open watches end with 410 Gone, and nobody goes on from before {@code revision}. */
    public void expire(long revision) {
        forgottenBefore = revision;
        Refusal expired = Refusal.expired("too old resource version: the test had it forgotten");
        watches.forEach((watch, protobuf) -> watch.endWith(protobuf ? inProtobuf(expired) : event(expired)));
    }

    /** Reads that allow it answer as things were at {@code revision}. */
    public void stale(long revision) {
        stale.begin(revision);
    }

    /** No trouble any more. */
    public void heal() {
        synchronized (answers) {
            answers.clear();
        }
        synchronized (conflicts) {
            conflicts.clear();
        }
        always = 0;
        stale.end();
        forgottenBefore = NONE;
        slow(Duration.ZERO);
        slowWatches(Duration.ZERO);
    }

    @Override
    public void close() {
        heal();
    }

    private static byte[] event(Refusal expired) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", "ERROR");
        event.put("object", expired.status());
        return (new String(Json.write(event), StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] inProtobuf(Refusal expired) {
        byte[] status = new Protobuf(Schema.load()).write(expired.status());
        return Protobuf.event("ERROR", Objects.requireNonNull(status, "a Status has protobuf"));
    }

    @Override
    public Reply call(Request request) throws IOException, InterruptedException {
        pause();
        Asked asked = Asked.of(request);
        Refusal refusal = refusal(request, asked);
        if (refusal != null) {
            return Answers.refused(refusal);
        }
        Reply past = stale.answer(request, asked);
        if (past != null) {
            return past;
        }
        Reply reply = api.call(request);
        return reply instanceof Reply.Streamed streamed && streamed.stream() instanceof Signalled watch
                ? watched(streamed, watch)
                : reply;
    }

    private void pause() throws InterruptedException {
        Duration delay = slow;
        if (delay.isZero()) {
            return;
        }
        CountDownLatch over = new CountDownLatch(1);
        waiting.add(over);
        Time.Timer timer = time.schedule(delay, over::countDown);
        try {
            if (!slow.isZero()) {
                over.await();
            }
        } finally {
            waiting.remove(over);
            timer.cancel();
        }
    }

    private Reply watched(Reply.Streamed reply, Signalled watch) {
        TroubledWatch troubled = new TroubledWatch(watch, time, () -> slowWatches, watches::remove);
        watches.put(troubled, String.valueOf(reply.header("content-type")).startsWith(Protobuf.MEDIA_TYPE));
        return new Reply.Streamed(reply.status(), reply.headers(), troubled);
    }

    private @Nullable Refusal refusal(Request request, Asked asked) {
        Integer next;
        synchronized (answers) {
            next = answers.poll();
        }
        int status = next == null ? always : next;
        if (status != 0) {
            return refusal(status);
        }
        Resource conflict = takeConflict(request, asked);
        if (conflict != null) {
            return Refusal.modified(conflict, asked.name());
        }
        return forgotten(asked);
    }

    private static Refusal refusal(int status) {
        String why = "the test asked for this answer";
        return switch (status) {
            case 400 -> Refusal.badRequest(why);
            case 401 -> Refusal.unauthorized();
            case 403 -> Refusal.forbidden(why);
            case 404 -> Refusal.of(status, "NotFound", why);
            case 409 -> Refusal.of(status, "Conflict", why);
            case 410 -> Refusal.expired(why);
            case 422 -> Refusal.of(status, "Invalid", why);
            case 429 -> Refusal.tooMany();
            case 500 -> Refusal.internal(why);
            case 503 -> Refusal.unavailable(why);
            case 504 -> Refusal.tooLate();
            default -> Refusal.of(status, "", why);
        };
    }

    private @Nullable Resource takeConflict(Request request, Asked asked) {
        if (asked.name().isEmpty()
                || !(request.method().equals("PUT") || request.method().equals("PATCH"))) {
            return null;
        }
        synchronized (conflicts) {
            for (Resource kind : conflicts) {
                if (kind.group().equals(asked.group()) && kind.plural().equals(asked.plural())) {
                    conflicts.remove(kind);
                    return kind;
                }
            }
        }
        return null;
    }

    private @Nullable Refusal forgotten(Asked asked) {
        String from = asked.parameter("resourceVersion");
        boolean exactly =
                asked.watches() && !asked.parameter("sendInitialEvents").equals("true")
                        || asked.parameter("resourceVersionMatch").equals("Exact");
        if (!exactly || !from.matches("[1-9]\\d{0,17}") || Long.parseLong(from) >= forgottenBefore) {
            return null;
        }
        return Refusal.expired("too old resource version: " + from + " (" + forgottenBefore + ")");
    }
}
