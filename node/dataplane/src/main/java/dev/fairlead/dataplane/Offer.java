// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Origin;
import dev.fairlead.core.routes.Treatment;
import dev.fairlead.dataplane.balance.Candidates;
import dev.fairlead.dataplane.relay.Traffic;
import dev.fairlead.wire.Inet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;

/** Whom an entrance has for each of its clients: the route's own lists, looked at anew for each connection. */
record Offer(Entrance entrance, Origins origins, Surroundings surroundings, RouteStates.Counters counters)
        implements Function<InetAddress, Candidates> {
    @Override
    public Candidates apply(InetAddress client) {
        Origin origin = origins.of(entrance, IpAddress.of(client.getAddress()));
        Treatment treatment = entrance.treatment(origin, origins.settings());
        return new Choices(treatment.backends(), origin != Origin.NODE && !treatment.masqueraded());
    }

    private final class Choices implements Candidates {
        private final List<Backend> backends;
        private final boolean keepSource;

        Choices(List<Backend> backends, boolean keepSource) {
            this.backends = backends;
            this.keepSource = keepSource;
        }

        @Override
        public int size() {
            return backends.size();
        }

        @Override
        public InetSocketAddress address(int index) {
            Backend backend = backends.get(index);
            return Inet.socketAddress(backend.address(), backend.port());
        }

        @Override
        public boolean keepsSource(int index) {
            return keepSource && surroundings.keepSource(backends.get(index).address());
        }

        @Override
        public Traffic traffic(int index) {
            return counters.of(backends.get(index));
        }

        @Override
        public int index(InetSocketAddress address) {
            IpAddress wanted = IpAddress.of(address.getAddress().getAddress());
            for (int i = 0; i < backends.size(); i++) {
                Backend backend = backends.get(i);
                if (backend.port() == address.getPort() && backend.address().equals(wanted)) {
                    return i;
                }
            }
            return -1;
        }
    }
}
