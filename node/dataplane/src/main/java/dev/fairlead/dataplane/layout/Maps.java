// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import static dev.fairlead.kernel.nftables.Field.MARK;
import static dev.fairlead.kernel.nftables.Field.PORT;
import static dev.fairlead.kernel.nftables.Field.PROTOCOL;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Element;
import dev.fairlead.kernel.nftables.Field;
import dev.fairlead.kernel.nftables.NamedSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The sets and maps of one family, and how a key or datum lies in them.
 *
 * <pre>
 * internal      address . protocol . port → number . class     clusterIPs
 * external      the same                                        external IPs, load-balancer addresses
 * external-far  the same, for clients that are neither this node nor a pod, where the policy is Local
 * ports         protocol . port → number . class                node ports
 * ports-far     the same, for such clients
 * endpoints-c   number . slot → address . port                  pools of class c, see {@link Drawing}
 * classes       class → chain
 * clients       number . client → address . port                affinity; filled by rules
 * live          number . address . port                         whom affinity may still lead to
 * addresses     address                                         clusterIPs: their other ports are refused
 * node          address                                         where node ports are accepted
 * guarded       address . protocol . port                       entrances with source ranges
 * admitted      address . protocol . port . client range        who may come in there
 * passed        asked address . protocol . port . endpoint's address . port    connections; filled by rules
 * own           address . address                               each pod of this node, twice: it meets itself
 * </pre>
 */
public final class Maps {
    static final Maps V4 = new Maps(IpFamily.IPV4);
    static final Maps V6 = new Maps(IpFamily.IPV6);
    static final List<Maps> BOTH = List.of(V4, V6);

    private static final Map<String, Maps> OF_ENDPOINTS = BOTH.stream()
            .flatMap(maps -> maps.endpoints.stream().map(name -> Map.entry(name, maps)))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private final IpFamily family;
    private final String internal;
    private final String external;
    private final String externalFar;
    private final String ports;
    private final String portsFar;
    private final String classes;
    private final String clients;
    private final String live;
    private final String addresses;
    private final String node;
    private final String guarded;
    private final String admitted;
    private final String own;
    private final String passed;
    private final List<String> endpoints;

    private Maps(IpFamily family) {
        this.family = family;
        this.endpoints = IntStream.range(0, Words.CLASSES)
                .mapToObj(power -> family("endpoints", family) + "-" + power)
                .toList();
        this.internal = family("internal", family);
        this.external = family("external", family);
        this.externalFar = family("external-far", family);
        this.ports = family("ports", family);
        this.portsFar = family("ports-far", family);
        this.classes = family("classes", family);
        this.clients = family("clients", family);
        this.live = family("live", family);
        this.addresses = family("addresses", family);
        this.node = family("node", family);
        this.guarded = family("guarded", family);
        this.admitted = family("admitted", family);
        this.own = family("own", family);
        this.passed = family("passed", family);
    }

    /** The maps of a family. */
    static Maps of(IpFamily family) {
        return family == IpFamily.IPV4 ? V4 : V6;
    }

    /** Whose endpoints lie in that map; null when it is none of endpoints. */
    static @Nullable Maps ofEndpoints(String map) {
        return OF_ENDPOINTS.get(map);
    }

    IpFamily family() {
        return family;
    }

    String internal() {
        return internal;
    }

    String external() {
        return external;
    }

    String externalFar() {
        return externalFar;
    }

    String ports() {
        return ports;
    }

    String portsFar() {
        return portsFar;
    }

    /** Where endpoints of pools of that class lie. */
    String endpoints(int power) {
        return endpoints.get(power);
    }

    String classes() {
        return classes;
    }

    String clients() {
        return clients;
    }

    String live() {
        return live;
    }

    String addresses() {
        return addresses;
    }

    String node() {
        return node;
    }

    String guarded() {
        return guarded;
    }

    String admitted() {
        return admitted;
    }

    String own() {
        return own;
    }

    String passed() {
        return passed;
    }

    /** The name of a set or chain of this family: {@code internal4}. */
    String named(String base) {
        return family(base, family);
    }

    private static String family(String base, IpFamily family) {
        return base + (family == IpFamily.IPV4 ? "4" : "6");
    }

    /** All of them, with room for so many clients that are held by affinity, and pairs that are counted. */
    List<NamedSet> sets(int clients, int counted) {
        Field address = address();
        List<Field> frontend = List.of(address, PROTOCOL, PORT);
        List<Field> port = List.of(PROTOCOL, PORT);
        List<Field> found = List.of(MARK, MARK);
        List<Field> endpoint = List.of(address, PORT);
        List<NamedSet> sets = new ArrayList<>();
        endpoints.forEach(name -> sets.add(NamedSet.map(name, List.of(MARK, MARK), endpoint)));
        sets.addAll(List.of(
                NamedSet.map(internal(), frontend, found),
                NamedSet.map(external(), frontend, found),
                NamedSet.map(externalFar(), frontend, found),
                NamedSet.map(ports(), port, found),
                NamedSet.map(portsFar(), port, found),
                NamedSet.verdicts(classes(), List.of(MARK)),
                NamedSet.map(clients(), List.of(MARK, address), endpoint)
                        .sized(clients)
                        .filledByRules(),
                NamedSet.set(live(), List.of(MARK, address, PORT)),
                NamedSet.set(addresses(), List.of(address)),
                NamedSet.set(node(), List.of(address)),
                NamedSet.set(guarded(), frontend),
                NamedSet.set(admitted(), List.of(address, PROTOCOL, PORT, address))
                        .ofIntervals(),
                NamedSet.set(own(), List.of(address, address))));
        if (counted > 0) {
            sets.add(NamedSet.set(passed(), List.of(address, PROTOCOL, PORT, address, PORT))
                    .sized(counted)
                    .filledByRules());
        }
        return sets;
    }

    /** The field of an address. */
    Field address() {
        return family == IpFamily.IPV4 ? Field.IPV4_ADDRESS : Field.IPV6_ADDRESS;
    }

    /** Bytes of an address. */
    int width() {
        return family.bits() / 8;
    }

    /** Where the element of an entrance lies that this node and pods go by. */
    String doors(Entrance entrance) {
        if (!entrance.external()) {
            return internal();
        }
        return entrance.frontend().scope() instanceof Scope.NodePorts ? ports() : external();
    }

    private static Bytes.Fields frontend(Frontend frontend, int more) {
        int protocol = number(frontend.protocol());
        return switch (frontend.scope()) {
            case Scope.At(IpAddress address) -> {
                byte[] bytes = address.bytes();
                yield Bytes.fields(bytes.length + 8 + more)
                        .address(bytes)
                        .protocol(protocol)
                        .port(frontend.port());
            }
            case Scope.NodePorts _ -> Bytes.fields(8 + more).protocol(protocol).port(frontend.port());
        };
    }

    static Bytes frontend(Frontend frontend) {
        return frontend(frontend, 0).bytes();
    }

    /** IPPROTO_*. */
    static int number(Protocol protocol) {
        return switch (protocol) {
            case TCP -> 6;
            case UDP -> 17;
            case SCTP -> 132;
        };
    }

    static Element admitted(Frontend frontend, Cidr range) {
        return Element.range(
                frontend(frontend, range.family().bits() / 8)
                        .address(range.first().bytes())
                        .bytes(),
                frontend(frontend, range.family().bits() / 8)
                        .address(range.last().bytes())
                        .bytes());
    }

    static Bytes two(int one, int other) {
        return Bytes.fields(8).mark(one).mark(other).bytes();
    }

    static Bytes address(IpAddress address) {
        byte[] bytes = address.bytes();
        return Bytes.fields(bytes.length).address(bytes).bytes();
    }

    static Bytes twice(IpAddress address) {
        byte[] bytes = address.bytes();
        return Bytes.fields(2 * bytes.length).address(bytes).address(bytes).bytes();
    }

    static Bytes endpoint(Slot slot) {
        byte[] bytes = slot.address().bytes();
        return Bytes.fields(bytes.length + 4).address(bytes).port(slot.port()).bytes();
    }

    static Bytes live(int number, Slot slot) {
        byte[] bytes = slot.address().bytes();
        return Bytes.fields(bytes.length + 8)
                .mark(number)
                .address(bytes)
                .port(slot.port())
                .bytes();
    }
}
