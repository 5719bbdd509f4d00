// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Origin;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.socket.Admission;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where clients stand, told by their addresses, and from that who may come in where. As {@link RouteTable#trace} says it,
 * for clients that a socket sees: the node's own connections to a virtual address come from that very address.
 */
record Origins(Settings settings, List<IpAddress> node, List<IpAddress> nodePorts) {
    static Origins of(RouteTable table) {
        return new Origins(
                table.settings(),
                joined(table.nodeAddresses(), table.localhost()),
                joined(table.nodePortAddresses(), table.localhost()));
    }

    private static List<IpAddress> joined(List<IpAddress> some, List<IpAddress> more) {
        return more.isEmpty()
                ? some
                : Stream.concat(some.stream(), more.stream()).toList();
    }

    /** Where a client of {@code entrance} stands. */
    Origin of(Entrance entrance, IpAddress client) {
        if (client.equals(virtual(entrance)) || node.contains(client)) {
            return Origin.NODE;
        }
        return settings.podCidrs().stream().anyMatch(range -> range.contains(client)) ? Origin.POD : Origin.ELSEWHERE;
    }

    private static @Nullable IpAddress virtual(Entrance entrance) {
        return switch (entrance.frontend().scope()) {
            case Scope.At(IpAddress address) -> address;
            case Scope.NodePorts any -> null;
        };
    }

    /** Who may come in at {@code entrance}; all others get no answer. To be asked only where not everybody is refused. */
    Admission admission(Entrance entrance) {
        boolean nobodyHere = entrance.treatment(Origin.POD, settings).drops();
        boolean nobodyElsewhere = entrance.treatment(Origin.ELSEWHERE, settings).drops();
        if (nobodyHere && nobodyElsewhere) {
            return Admission.NOBODY;
        }
        List<List<Cidr>> lists = new ArrayList<>();
        if (nobodyElsewhere) {
            lists.add(here(entrance));
        }
        if (!entrance.sourceRanges().isEmpty()) {
            lists.add(entrance.sourceRanges());
        }
        return lists.isEmpty() ? Admission.EVERYBODY : new Admission(List.copyOf(lists));
    }

    /** This node and its pods. */
    private List<Cidr> here(Entrance entrance) {
        IpFamily family = entrance.frontend().scope().family();
        List<Cidr> here = new ArrayList<>();
        settings.podCidrs().stream().filter(range -> range.family() == family).forEach(here::add);
        node.stream()
                .filter(address -> address.family() == family)
                .map(Origins::alone)
                .forEach(here::add);
        IpAddress virtual = virtual(entrance);
        if (virtual != null) {
            here.add(alone(virtual));
        }
        return List.copyOf(here);
    }

    private static Cidr alone(IpAddress address) {
        return new Cidr(address, address.family().bits());
    }
}
