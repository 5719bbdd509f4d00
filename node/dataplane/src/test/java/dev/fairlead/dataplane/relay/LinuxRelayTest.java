// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import dev.fairlead.dataplane.socket.LinuxSockets;
import dev.fairlead.dataplane.socket.Sockets;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class LinuxRelayTest extends RelayContract {
    @Override
    Sockets sockets() {
        return new LinuxSockets();
    }

    @Override
    boolean carriesEmptyDatagrams() {
        return true;
    }
}
