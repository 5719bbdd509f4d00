// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import dev.fairlead.dataplane.relay.Attempts.Outcome;
import dev.fairlead.dataplane.socket.Sockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client and the one made for it to an endpoint.
 *
 * <p>How this works: as soon as the connection to the endpoint is begun, what the client has sent is sent on; nine times
 * in ten that works at once, and the endpoint is reached without waiting for a report. If the endpoint refuses, or does
 * not answer in time, before it took a byte, another is chosen and the bytes at hand go there. After that each side's
 * bytes go to the other; what the other does not take is kept, and nothing more is received until it has (back-pressure).
 * When one side ends its sending, so does the relay towards the other (half-close); when both have, the session is over.
 * When one side breaks, the other is told so by a reset.
 */
final class Session {
    private static final int MAX_ATTEMPTS = 8;

    private final Loop loop;
    private final Upstream upstream;
    private final InetSocketAddress peer;
    private final Side client;
    private final Side endpoint;
    private Upstream.@Nullable Target target;
    private List<Upstream.Target> tried = List.of();
    private boolean connected;
    private boolean over;

    Session(Loop loop, Upstream upstream, int client, InetSocketAddress peer) {
        this.loop = loop;
        this.upstream = upstream;
        this.peer = peer;
        this.client = new Side(client);
        this.endpoint = new Side(-1);
        loop.begun();
    }

    void begin() throws IOException {
        loop.handle(client.handle, client);
        if (reach()) {
            loop.sockets().watch(client.handle);
            client.pump();
            expectConnection();
        }
    }

    private void expectConnection() {
        if (!over && !connected) {
            loop.awaitConnection(this, tried.size());
        }
    }

    /** Begins to connect to the first endpoint that does not refuse at once; false when there is none. */
    private boolean reach() throws IOException {
        while (tried.size() < MAX_ATTEMPTS) {
            Upstream.Target chosen = upstream.choose(peer.getAddress(), tried);
            if (chosen == null) {
                break;
            }
            target = chosen;
            InetSocketAddress from = chosen.keepSource() && loop.sockets().transparent() ? peer : null;
            int handle = loop.sockets().connect(chosen.address(), from);
            if (handle != Sockets.BROKEN) {
                endpoint.handle = handle;
                loop.handle(handle, endpoint);
                return true;
            }
            failed(chosen, Outcome.REFUSED);
        }
        end(true);
        return false;
    }

    private void failed(Upstream.Target unreached, Outcome how) {
        unreached.traffic().countFailed();
        unreached.traffic().note(loop.now(), peer.getAddress(), how);
        List<Upstream.Target> all = new ArrayList<>(tried);
        all.add(unreached);
        tried = all;
    }

    /** The endpoint refused, or is silent: tries another, with the bytes at hand. */
    private void retry(Outcome how) throws IOException {
        if (target != null) {
            failed(target, how);
        }
        loop.close(endpoint.handle, true);
        endpoint.handle = -1;
        endpoint.last = false;
        if (reach()) {
            endpoint.flush();
            expectConnection();
        }
    }

    /** The endpoint of that attempt has had its time. */
    void late(int thatAttempt) {
        if (over || connected || tried.size() != thatAttempt) {
            return;
        }
        try {
            retry(Outcome.SILENT);
        } catch (IOException failure) {
            end(true);
        }
    }

    private void made() {
        if (!connected && target != null) {
            connected = true;
            target.traffic().countOpened();
            target.traffic().note(loop.now(), peer.getAddress(), Outcome.CONNECTED);
        }
    }

    private void end(boolean reset) {
        if (over) {
            return;
        }
        over = true;
        loop.close(client.handle, reset);
        if (endpoint.handle >= 0) {
            loop.close(endpoint.handle, reset);
        }
        if (connected && target != null) {
            target.traffic().countClosed();
        }
        loop.over();
    }

    /** One of the two connections, and the bytes that wait to be sent to it. */
    private final class Side implements Handler {
        private static final int SHARE = 16; // scratch buffers passed on in one turn
        private static final byte[] NONE = {};

        private int handle;
        private byte[] waiting = NONE;
        private boolean last;
        private boolean ended;
        private boolean outputShut;

        Side(int handle) {
            this.handle = handle;
        }

        private Side other() {
            return this == client ? endpoint : client;
        }

        @Override
        public void ready(int events) throws IOException {
            if (over) {
                return;
            }
            last |= (events & Sockets.LAST) != 0;
            if (this == endpoint && !connected) {
                if ((events & (Sockets.WRITABLE | Sockets.HANGUP)) == 0) {
                    return;
                }
                if (!loop.sockets().connected(handle)) {
                    retry(Outcome.REFUSED);
                    return;
                }
                made();
            }
            if (waiting.length > 0) {
                flush();
            } else if (other().ended) {
                finish();
            }
            if (!over && (events & (Sockets.READABLE | Sockets.HANGUP)) != 0) {
                pump();
            }
        }

        /**
         * Receives from this side and sends to the other, as far as both go. Having received less than it could, it has all
         * there was: asking once more would only be told so.
         */
        private void pump() throws IOException {
            for (int i = 0; i < SHARE; i++) {
                Side to = other();
                if (ended || to.waiting.length > 0) {
                    return;
                }
                int count = loop.sockets().receive(handle);
                if (count == Sockets.BLOCKED) {
                    return;
                }
                if (count == Sockets.BROKEN) {
                    Session.this.end(true);
                    return;
                }
                boolean all = count < loop.sockets().scratch().capacity();
                ended = count == Sockets.END || all && last;
                if (count > 0) {
                    to.send(count, ended);
                    if (over) {
                        return;
                    }
                    count(to, count);
                }
                if (ended) {
                    loop.sockets().reading(handle, false);
                    to.finish();
                }
                if (all) {
                    return;
                }
            }
            loop.again(this);
        }

        private void count(Side to, int bytes) {
            if (target == null) {
                return;
            }
            if (to == endpoint) {
                target.traffic().countToEndpoint(bytes);
            } else {
                target.traffic().countToClient(bytes);
            }
        }

        /** Sends what lies in the scratch buffer; keeps what is not taken. */
        private void send(int length, boolean lastOnes) throws IOException {
            int sent = loop.sockets().send(handle, 0, length, lastOnes);
            if (sent == Sockets.BROKEN) {
                keep(0, length);
                broken();
                return;
            }
            if (sent == length) {
                if (this == endpoint) {
                    made();
                }
                return;
            }
            keep(Math.max(sent, 0), length);
            loop.sockets().reading(other().handle, false);
        }

        private void keep(int from, int to) {
            waiting = new byte[to - from];
            loop.sockets().scratch().limit(to).position(from).get(waiting);
        }

        /** Sends what waits. */
        private void flush() throws IOException {
            while (waiting.length > 0) {
                var scratch = loop.sockets().scratch();
                int length = Math.min(waiting.length, scratch.capacity());
                scratch.clear().put(waiting, 0, length);
                int sent = loop.sockets().send(handle, 0, length, false);
                if (sent == Sockets.BROKEN) {
                    broken();
                    return;
                }
                if (sent == Sockets.BLOCKED) {
                    return;
                }
                byte[] rest = waiting;
                waiting = sent == rest.length ? NONE : Arrays.copyOfRange(rest, sent, rest.length);
                if (this == endpoint) {
                    made();
                }
            }
            if (other().ended) {
                finish();
            } else {
                loop.sockets().reading(other().handle, true);
                loop.again(other());
            }
        }

        /** The other side ended its sending: so does ours towards this one, once all is sent. */
        private void finish() {
            if (waiting.length > 0) {
                return;
            }
            if (this == endpoint && !connected) {
                return; // made() is followed by a flush, which comes back here
            }
            if (!outputShut) {
                outputShut = true;
                if (ended) {
                    Session.this.end(false);
                } else {
                    loop.sockets().shutdownOutput(handle);
                }
            }
        }

        private void broken() throws IOException {
            if (this == endpoint && !connected) {
                retry(Outcome.REFUSED);
            } else {
                Session.this.end(true);
            }
        }

        @Override
        public void end() {
            Session.this.end(true);
        }
    }
}
