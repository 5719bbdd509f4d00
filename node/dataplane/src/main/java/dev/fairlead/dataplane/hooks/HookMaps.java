// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.hooks;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.dataplane.layout.Slot;
import dev.fairlead.kernel.bpf.MapSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The maps, and how their entries lie in bytes. An address has 16 bytes, IPv4 as ::ffff:a.b.c.d, so that there is one map for
 * both families and for IPv6 sockets that talk IPv4. A port has 4: the number in network order, and two zeros. Other
 * numbers are in the machine's order.
 *
 * <pre>
 * frontends   address . port . protocol (+256: a node port, and the address is that of nobody) → pool . size . seconds . whom
 * own         address → the third word of its family's nobody
 * backends    pool . slot → address . port
 * live        address . port . pool → 1
 * connects    address . port . pool → how many                                      to endpoints; filled by programs
 * clients     namespace's cookie . route . 0 → address . port . 0 . time in ns     affinity; filled by programs
 * peers       socket → asked address . address . asked port . port                 whom it is connected to
 * talks       socket → next . 0 . the same, {@value #TALKS} times                            whom it sends datagrams to
 * datagrams   socket's cookie → address . port . pool . namespace's cookie         connected UDP sockets
 * </pre>
 *
 * @param frontends how many there may be
 * @param backends how many places there may be, and as many that are live
 */
public record HookMaps(int frontends, int backends) {
    /** So many Services an unconnected UDP socket can talk to at a time. */
    static final int TALKS = 8;

    static final int TALK = 40;
    static final int TALKS_HEAD = 8;
    static final int NODE_PORT = 1 << 8;
    static final int NOBODY_V4 = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0xffff_0000 : 0x0000_ffff;

    private static final int ADDRESS = 16;
    private static final int BACKENDS_PER_OWN = 128;
    private static final int CLIENTS = 16_384;
    private static final int DATAGRAMS = 65_536;
    private static final int CONNECTS = 16_384;
    private static final byte[] ONE = numbers(1);

    /** For 10,000 Services; they double when they are full. */
    public static final HookMaps USUAL = new HookMaps(1 << 15, 1 << 17);

    /** The same, twice as large. */
    public HookMaps doubled() {
        return new HookMaps(2 * frontends, 2 * backends);
    }

    /** Which endpoint of which pool an entry of connects is about. */
    public static Key.Live connected(byte[] key) {
        ByteBuffer bytes = ByteBuffer.wrap(key).order(ByteOrder.nativeOrder());
        boolean v4 = bytes.getLong(0) == 0 && bytes.getInt(8) == NOBODY_V4;
        IpAddress address = IpAddress.of(Arrays.copyOfRange(key, v4 ? 12 : 0, ADDRESS));
        int port = (key[ADDRESS] & 0xff) << 8 | key[ADDRESS + 1] & 0xff;
        return new Key.Live(bytes.getInt(ADDRESS + 4), new Slot(address, port));
    }

    /** How many an entry of connects says. */
    public static long count(byte[] value) {
        return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getLong();
    }

    /** What the plan's entries lie in. */
    public List<MapSpec> planned() {
        return List.of(
                MapSpec.hash("frontends", ADDRESS + 8, 16, frontends),
                MapSpec.hash("own", ADDRESS, 4, backends / BACKENDS_PER_OWN),
                MapSpec.hash("backends", 8, ADDRESS + 4, backends),
                MapSpec.hash("live", ADDRESS + 8, 4, backends),
                MapSpec.recent("connects", ADDRESS + 8, 8, CONNECTS));
    }

    /** What programs remember. */
    public static List<MapSpec> remembered() {
        return List.of(
                MapSpec.recent("clients", 16, 32, CLIENTS),
                MapSpec.sockets("peers", TALK),
                MapSpec.sockets("talks", TALKS_HEAD + TALKS * TALK),
                MapSpec.hash("datagrams", 8, 32, DATAGRAMS));
    }

    /** The name of the map in which a key lies. */
    public static String map(Key key) {
        return switch (key) {
            case Key.Door _ -> "frontends";
            case Key.Place _ -> "backends";
            case Key.Live _ -> "live";
            case Key.Own _ -> "own";
        };
    }

    /** A key in bytes. */
    public static byte[] bytes(Key key) {
        return switch (key) {
            case Key.Door(Frontend frontend) -> frontend(frontend);
            case Key.Place(int pool, int slot) -> numbers(pool, slot);
            case Key.Live(int pool, Slot endpoint) ->
                endpoint(endpoint, 4).putInt(pool).array();
            case Key.Own(IpAddress address) ->
                address(ByteBuffer.allocate(ADDRESS), address).array();
        };
    }

    /** What belongs to it, in bytes. */
    public static byte[] bytes(Key key, Value value) {
        return switch (value) {
            case Value.Leads leads -> numbers(leads.pool(), leads.size(), leads.affinitySeconds(), leads.whom());
            case Value.To(Slot endpoint) -> endpoint(endpoint, 0).array();
            case Value.There _ ->
                key instanceof Key.Own(IpAddress address) && address.family() == IpFamily.IPV4
                        ? numbers(NOBODY_V4)
                        : key instanceof Key.Own ? numbers(0) : ONE;
        };
    }

    private static byte[] frontend(Frontend frontend) {
        ByteBuffer bytes = ByteBuffer.allocate(ADDRESS + 8).order(ByteOrder.nativeOrder());
        int protocol = number(frontend.protocol());
        switch (frontend.scope()) {
            case Scope.At(IpAddress address) -> address(bytes, address);
            case Scope.NodePorts(IpFamily family) -> {
                address(bytes, family == IpFamily.IPV4 ? IpAddress.ofV4(0) : IpAddress.ofV6(0, 0));
                protocol |= NODE_PORT;
            }
        }
        return port(bytes, frontend.port()).putInt(protocol).array();
    }

    private static ByteBuffer endpoint(Slot slot, int more) {
        ByteBuffer bytes = ByteBuffer.allocate(ADDRESS + 4 + more).order(ByteOrder.nativeOrder());
        return port(address(bytes, slot.address()), slot.port());
    }

    private static ByteBuffer address(ByteBuffer bytes, IpAddress address) {
        if (address.family() == IpFamily.IPV4) {
            bytes.putLong(0).putShort((short) 0).putShort((short) -1);
        }
        return bytes.put(address.bytes());
    }

    private static ByteBuffer port(ByteBuffer bytes, int port) {
        return bytes.put((byte) (port >> 8)).put((byte) port).putShort((short) 0);
    }

    /** IPPROTO_*. */
    private static int number(Protocol protocol) {
        return switch (protocol) {
            case TCP -> HookPrograms.TCP;
            case UDP -> HookPrograms.UDP;
            case SCTP -> throw new IllegalArgumentException("SCTP is not carried at sockets");
        };
    }

    private static byte[] numbers(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.nativeOrder());
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes.array();
    }
}
