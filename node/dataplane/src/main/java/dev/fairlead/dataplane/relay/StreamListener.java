// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import dev.fairlead.dataplane.socket.Sockets;
import java.io.IOException;

/** Accepts TCP connections at a frontend. */
final class StreamListener implements Listener {
    private static final int BACKLOG = 4096;
    private static final int SHARE = 64; // connections accepted in one turn

    private final Loop loop;
    private final Upstream upstream;
    private final int handle;

    StreamListener(Loop loop, Frontend frontend, Upstream upstream) throws IOException {
        this.loop = loop;
        this.upstream = upstream;
        handle = loop.sockets().listen(frontend.at(), BACKLOG, upstream.admission());
        loop.handle(handle, this);
    }

    @Override
    public void ready(int events) throws IOException {
        for (int i = 0; i < SHARE; i++) {
            if (!loop.admit()) {
                return;
            }
            int client = loop.sockets().accept(handle);
            if (client == Sockets.BLOCKED) {
                return;
            }
            Upstream asked = upstream.many() ? upstream.towards(loop.sockets().bound(client)) : upstream;
            new Session(loop, asked, client, loop.sockets().peer()).begin();
        }
        loop.again(this);
    }

    @Override
    public void refresh() throws IOException {
        loop.sockets().admit(handle, upstream.admission());
    }

    @Override
    public void expire(long nanos) {
        // connections may be idle for as long as their ends like
    }

    @Override
    public void end() {
        loop.close(handle, false);
    }
}
