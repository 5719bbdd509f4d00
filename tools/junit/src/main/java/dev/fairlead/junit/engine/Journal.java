// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Keeps in mind what clients of the network asked last, and what they were answered. */
final class Journal implements Api {
    private static final int KEPT = 200;

    private final Api api;
    private final Runnable answered;
    private final Deque<String> lines = new ArrayDeque<>();

    /** @param answered is told of each answer, before it is sent */
    Journal(Api api, Runnable answered) {
        this.api = api;
        this.answered = answered;
    }

    @Override
    public Reply call(Request request) throws IOException, InterruptedException {
        Reply reply = api.call(request);
        Request.User user = request.user();
        String who = user == null ? "nobody known" : user.name();
        answered.run();
        add(request.method() + " " + request.target() + " " + reply.status() + " by " + who);
        return reply;
    }

    private synchronized void add(String line) {
        lines.addLast(line);
        if (lines.size() > KEPT) {
            lines.removeFirst();
        }
    }

    /** Oldest first. */
    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
