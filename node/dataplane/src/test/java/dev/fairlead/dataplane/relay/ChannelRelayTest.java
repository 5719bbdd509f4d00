// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import dev.fairlead.dataplane.socket.ChannelSockets;
import dev.fairlead.dataplane.socket.Sockets;
import java.io.IOException;

class ChannelRelayTest extends RelayContract {
    @Override
    Sockets sockets() throws IOException {
        return new ChannelSockets();
    }

    @Override
    boolean carriesEmptyDatagrams() {
        return false;
    }
}
