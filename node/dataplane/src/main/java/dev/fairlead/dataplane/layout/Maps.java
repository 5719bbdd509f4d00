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
import java.util.List;

/**
 * The sets and maps of one family, and how a key or datum lies in them.
 *
 * <pre>
 * internal      address . protocol . port → number . class     clusterIPs
 * external      the same                                        external IPs, load-balancer addresses
 * external-far  the same, for clients that are neither this node nor a pod, where the policy is Local
 * ports         protocol . port → number . class                node ports
 * ports-far     the same, for such clients
 * endpoints     number . slot → address . port
 * classes       class → chain
 * clients       number . client → address . port                affinity; filled by rules
 * live          number . address . port                         whom affinity may still lead to
 * addresses     address                                         clusterIPs: their other ports are refused
 * node          address                                         where node ports are accepted
 * guarded       address . protocol . port                       entrances with source ranges
 * admitted      address . protocol . port . client range        who may come in there
 * own           address . address                               each pod of this node, twice: it meets itself
 * </pre>
 */
public record Maps(IpFamily family) {
    static final Maps V4 = new Maps(IpFamily.IPV4);
    static final Maps V6 = new Maps(IpFamily.IPV6);
    static final List<Maps> BOTH = List.of(V4, V6);

    /** The maps of a family. */
    static Maps of(IpFamily family) {
        return family == IpFamily.IPV4 ? V4 : V6;
    }

    String internal() {
        return named("internal");
    }

    String external() {
        return named("external");
    }

    String externalFar() {
        return named("external-far");
    }

    String ports() {
        return named("ports");
    }

    String portsFar() {
        return named("ports-far");
    }

    String endpoints() {
        return named("endpoints");
    }

    String classes() {
        return named("classes");
    }

    String clients() {
        return named("clients");
    }

    String live() {
        return named("live");
    }

    String addresses() {
        return named("addresses");
    }

    String node() {
        return named("node");
    }

    String guarded() {
        return named("guarded");
    }

    String admitted() {
        return named("admitted");
    }

    String own() {
        return named("own");
    }

    /** The name of a set or chain of this family: {@code internal4}. */
    String named(String base) {
        return base + (family == IpFamily.IPV4 ? "4" : "6");
    }

    /** All of them, with room for so many clients that are held by affinity. */
    List<NamedSet> sets(int clients) {
        Field address = address();
        List<Field> frontend = List.of(address, PROTOCOL, PORT);
        List<Field> port = List.of(PROTOCOL, PORT);
        List<Field> found = List.of(MARK, MARK);
        List<Field> endpoint = List.of(address, PORT);
        return List.of(
                NamedSet.map(internal(), frontend, found),
                NamedSet.map(external(), frontend, found),
                NamedSet.map(externalFar(), frontend, found),
                NamedSet.map(ports(), port, found),
                NamedSet.map(portsFar(), port, found),
                NamedSet.map(endpoints(), List.of(MARK, MARK), endpoint),
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
                NamedSet.set(own(), List.of(address, address)));
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
