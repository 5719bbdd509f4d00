// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import dev.fairlead.dataplane.socket.Sockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Carries datagrams at a frontend. Each client (address and port) has a flow: a socket of its own towards one endpoint,
 * until no datagram passes for a while or the endpoint is gone. A flow whose endpoint is gone gets no more datagrams, but
 * the answers to those it got are carried for a few seconds more.
 */
final class DatagramListener implements Listener {
    private static final int SHARE = 64; // datagrams carried in one turn
    /** Each flow is a socket; clients that ask once from a new port each time would take all there are. */
    static final int MOST = 2048;

    private static final long LAST_ANSWERS = Duration.ofSeconds(5).toNanos();

    private final Loop loop;
    private final Upstream upstream;
    private final int handle;
    /** The one that rested longest comes first. */
    private final Map<InetSocketAddress, Flow> flows = new LinkedHashMap<>(16, 0.75f, true);

    private final Set<Flow> retired = new HashSet<>();

    DatagramListener(Loop loop, Frontend frontend, Upstream upstream) throws IOException {
        this.loop = loop;
        this.upstream = upstream;
        handle = loop.sockets().receive(frontend.at(), upstream.admission());
        loop.handle(handle, this);
    }

    @Override
    public void ready(int events) throws IOException {
        for (int i = 0; i < SHARE; i++) {
            int count = loop.sockets().receiveFrom(handle);
            if (count == Sockets.BLOCKED) {
                return;
            }
            if (count != Sockets.BROKEN) {
                carry(loop.sockets().peer(), count - 1);
            }
        }
        loop.again(this);
    }

    private void carry(InetSocketAddress client, int length) throws IOException {
        Flow flow = flows.get(client);
        if (flow == null) {
            Upstream.Target target = upstream.choose(client.getAddress(), List.of());
            if (target == null || !makeRoom()) {
                return;
            }
            flow = new Flow(client, target);
            flows.put(client, flow);
        }
        flow.send(length);
    }

    /** Whether another flow may begin; those that rested longest end for it. */
    private boolean makeRoom() {
        while (!flows.isEmpty() && (flows.size() >= MOST || !loop.admit())) {
            flows.values().iterator().next().end();
        }
        return loop.admit();
    }

    @Override
    public void refresh() throws IOException {
        loop.sockets().admit(handle, upstream.admission());
        List<Flow> gone = flows.values().stream()
                .filter(flow -> !upstream.has(flow.client.getAddress(), flow.target))
                .toList();
        gone.forEach(flow -> flows.remove(flow.client));
        retired.addAll(gone);
    }

    @Override
    public void expire(long nanos) {
        long answered = loop.now() - LAST_ANSWERS;
        endFlows(flow -> flow.used - nanos < 0 || retired.contains(flow) && flow.used - answered < 0);
    }

    private void endFlows(Predicate<Flow> which) {
        List<Flow> ending = new ArrayList<>();
        for (Collection<Flow> some : List.of(flows.values(), retired)) {
            some.stream().filter(which).forEach(ending::add);
        }
        ending.forEach(Flow::end);
    }

    @Override
    public void end() {
        endFlows(flow -> true);
        loop.close(handle, false);
    }

    /** The datagrams of one client. */
    private final class Flow implements Handler {
        private final InetSocketAddress client;
        private final Upstream.Target target;
        private final int socket;
        private long used;
        private boolean answered;

        Flow(InetSocketAddress client, Upstream.Target target) throws IOException {
            this.client = client;
            this.target = target;
            boolean keepSource = target.keepSource() && loop.sockets().transparent();
            socket = loop.sockets().exchange(keepSource ? client : null, target.address());
            loop.handle(socket, this);
            loop.begun();
            target.traffic().countOpened();
        }

        void send(int length) {
            used = loop.now();
            loop.sockets().sendTo(socket, length, target.address());
            target.traffic().countToEndpoint(length);
        }

        @Override
        public void ready(int events) {
            for (int i = 0; i < SHARE; i++) {
                int count = loop.sockets().receiveFrom(socket);
                if (count == Sockets.BLOCKED) {
                    return;
                }
                if (count == Sockets.BROKEN) {
                    target.traffic().countFailed();
                    target.traffic().note(loop.now(), client.getAddress(), Attempts.Outcome.REFUSED);
                    end(); // refused: the next datagram of this client chooses anew
                    return;
                }
                used = loop.now();
                if (!answered) {
                    answered = true;
                    target.traffic().note(used, client.getAddress(), Attempts.Outcome.CONNECTED);
                }
                loop.sockets().sendTo(handle, count - 1, client);
                target.traffic().countToClient(count - 1L);
            }
            loop.again(this);
        }

        @Override
        public void end() {
            if (flows.remove(client, this) || retired.remove(this)) {
                loop.close(socket, false);
                target.traffic().countClosed();
                loop.over();
            }
        }
    }
}
