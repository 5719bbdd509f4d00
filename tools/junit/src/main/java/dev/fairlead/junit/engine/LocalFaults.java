// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.core.explain.Nearness;
import dev.fairlead.junit.Faults;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Trouble with one cluster: with its API, its node, its names. */
record LocalFaults(Parts parts) implements Faults {
    private static final int LEAST_ERROR = 400;
    private static final int LAST_ERROR = 599;
    /** A key that means nothing: a write of it makes a revision. */
    private static final String MARK = "/fairlead/junit/forgotten";

    @Override
    public Faults conflictOnNextWrite(String kind) {
        parts.troubles().conflict(resource(kind));
        return this;
    }

    private Resource resource(String word) {
        parts.node(); // controllers know every kind then
        Kinds kinds = parts.controllers().kinds();
        Resource byWord = kinds.byWord(word.toLowerCase(Locale.ROOT));
        if (byWord != null) {
            return byWord;
        }
        List<String> known = kinds.all().stream().map(Resource::kind).distinct().toList();
        throw new IllegalArgumentException("there is no kind \"" + word + "\""
                + Nearness.nearest(word, known)
                        .map(near -> "; did you mean \"" + near + "\"?")
                        .orElse(""));
    }

    @Override
    public Faults answer(int status, int times) {
        if (times < 1) {
            throw new IllegalArgumentException("answer(" + status + ", " + times + "): once at least");
        }
        parts.troubles().answer(error(status), times);
        return this;
    }

    @Override
    public Faults answer(int status) {
        parts.troubles().answer(error(status));
        return this;
    }

    private static int error(int status) {
        if (status < LEAST_ERROR || status > LAST_ERROR) {
            throw new IllegalArgumentException("answer(" + status + "): an error is from 400 to 599, such as 503");
        }
        return status;
    }

    @Override
    public Faults slowApi(Duration delay) {
        parts.troubles().slow(positive(delay));
        return this;
    }

    @Override
    public Faults slowWatches(Duration delay) {
        parts.troubles().slowWatches(positive(delay));
        return this;
    }

    private static Duration positive(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay of " + delay + ": nothing comes earlier than it is sent");
        }
        return delay;
    }

    @Override
    public Faults dropWatches() {
        parts.troubles().drop();
        return this;
    }

    @Override
    public Faults expireWatches() {
        parts.troubles().expire(freshRevision());
        return this;
    }

    private long freshRevision() {
        try {
            return parts.store().commit(List.of(Write.put(MARK, new byte[0], Expect.any())));
        } catch (ConflictException impossible) {
            throw new IllegalStateException("a write without a condition", impossible);
        }
    }

    @Override
    public Faults staleReads() {
        parts.troubles().stale(parts.store().revision());
        return this;
    }

    @Override
    public Faults apiAway() {
        Asking.asking(() -> {
            parts.side().away();
            return null;
        });
        return this;
    }

    @Override
    public Faults apiBack() {
        Asking.asking(() -> {
            parts.side().back();
            return null;
        });
        return this;
    }

    @Override
    public Faults endpointLag(Duration delay) {
        parts.node().lag(positive(delay));
        return this;
    }

    @Override
    public Faults nodeLost() {
        parts.node().cable().cut();
        return this;
    }

    @Override
    public Faults nodeBack() {
        parts.node().cable().mend();
        return this;
    }

    @Override
    public Faults dnsFails() {
        parts.node().node().traffic().failNames(true);
        return this;
    }

    @Override
    public Faults heal() {
        parts.troubles().heal();
        apiBack();
        nodeBack();
        endpointLag(Duration.ZERO);
        parts.node().node().traffic().failNames(false);
        return this;
    }
}
