// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.dataplane.relay.Frontend;
import dev.fairlead.dataplane.relay.Loop;
import dev.fairlead.dataplane.relay.Upstream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The changes of one application at one loop, gathered to be made in one turn of it. */
final class Batch {
    private final Map<Frontend, Upstream> open = new LinkedHashMap<>();
    private final List<Frontend> close = new ArrayList<>();
    private final List<Frontend> refresh = new ArrayList<>();
    private final Map<Frontend, Serving> concerned = new LinkedHashMap<>();

    /** Why a socket could not be opened, or not be kept. */
    record Refusal(Serving serving, Frontend socket, IOException reason) {}

    /**
     * Makes {@code wanted} the sockets of a frontend.
     *
     * @param changed whether sockets that stay have to see what else changed
     */
    void move(Serving serving, boolean door, Set<Frontend> wanted, boolean changed) {
        List<Frontend> now = serving.sockets(door);
        for (Frontend socket : List.copyOf(now)) {
            if (!wanted.contains(socket)) {
                close.add(socket);
                now.remove(socket);
            } else if (changed) {
                refresh.add(socket);
                concerned.put(socket, serving);
            }
        }
        for (Frontend socket : wanted) {
            if (!now.contains(socket)) {
                now.add(socket);
                open.put(socket, serving.balancer());
                concerned.put(socket, serving);
            }
        }
    }

    /** Makes the changes; when it returns, new connections follow them. */
    List<Refusal> carryOut(Loop loop) throws InterruptedException {
        List<Refusal> refusals = new ArrayList<>();
        if (open.isEmpty() && close.isEmpty() && refresh.isEmpty()) {
            return refusals;
        }
        loop.change(new Loop.Changes(open, close, refresh)).forEach((socket, reason) -> {
            Serving serving = concerned.get(socket);
            if (serving != null) {
                refusals.add(new Refusal(serving, socket, reason));
            }
        });
        return refusals;
    }
}
