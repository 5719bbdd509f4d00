// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Element;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Elements read back: which numbers and slots they mean.
 *
 * @param masquerade the mark's bit they were written with
 */
public record Reading(int masquerade) {
    /** An endpoint in its slot. */
    public record Found(int pool, int slot, Slot endpoint) {}

    /**
     * Connections that were counted.
     *
     * @param asked as it was asked for: node ports by the node's address
     */
    public record Passed(Frontend asked, Slot endpoint) {}

    /** The sets in which connections are counted. */
    public static List<String> passedSets() {
        return Maps.BOTH.stream().map(Maps::passed).toList();
    }

    /** What an element of such a set counts; empty for protocols that are none of ours. */
    public static Optional<Passed> passed(Element element) {
        ByteBuffer key = element.key().read();
        byte[] address = new byte[(element.key().length() - 12) / 2];
        key.get(address);
        IpAddress asked = IpAddress.of(address);
        int protocol = key.get() & 0xff;
        key.position(key.position() + 3);
        int askedPort = port(key);
        key.position(key.position() + 2);
        key.get(address);
        Slot endpoint = new Slot(IpAddress.of(address), port(key));
        for (Protocol one : Protocol.values()) {
            if (Maps.number(one) == protocol) {
                return Optional.of(new Passed(Frontend.at(asked, one, askedPort), endpoint));
            }
        }
        return Optional.empty();
    }

    private static int port(ByteBuffer bytes) {
        return (bytes.get() & 0xff) << 8 | bytes.get() & 0xff;
    }

    /** Where an entrance's element for this node and pods lies. */
    public record Door(String set, Bytes key) {}

    /** The endpoint of an element, if its set is one of endpoints. */
    public Optional<Found> endpoint(String set, Element element) {
        Maps maps = Maps.ofEndpoints(set);
        Bytes data = element.data();
        if (maps == null || data == null) {
            return Optional.empty();
        }
        ByteBuffer key = element.key().read();
        byte[] address = new byte[maps.width()];
        ByteBuffer value = data.read();
        value.get(address);
        return Optional.of(new Found(key.getInt(), key.getInt(), new Slot(IpAddress.of(address), port(value))));
    }

    /** The door of an entrance. */
    public static Door door(Entrance entrance) {
        Maps maps = Maps.of(entrance.frontend().scope().family());
        return new Door(maps.doors(entrance), Maps.frontend(entrance.frontend()));
    }

    /** The route's number that a door's element names. */
    public int number(Element door) {
        Bytes data = door.data();
        return data == null ? -1 : new Words(masquerade).route(data.read().getInt() & ~masquerade);
    }

    /** The route's number of a pool. */
    public int route(int pool) {
        return new Words(masquerade).route(pool);
    }

    /** The number of a route's pool. */
    public int pool(int route, TrafficPolicy policy) {
        return new Words(masquerade).pool(route, policy);
    }
}
