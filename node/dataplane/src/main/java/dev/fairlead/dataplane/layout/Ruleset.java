// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.routes.PodLinks;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Chain;
import dev.fairlead.kernel.nftables.Element;
import dev.fairlead.kernel.nftables.Expression;
import dev.fairlead.kernel.nftables.Expression.Bits;
import dev.fairlead.kernel.nftables.Expression.Compare;
import dev.fairlead.kernel.nftables.Expression.Decide;
import dev.fairlead.kernel.nftables.Expression.Follow;
import dev.fairlead.kernel.nftables.Expression.IsIn;
import dev.fairlead.kernel.nftables.Expression.IsNotIn;
import dev.fairlead.kernel.nftables.Expression.LoadConnection;
import dev.fairlead.kernel.nftables.Expression.LoadMeta;
import dev.fairlead.kernel.nftables.Expression.Look;
import dev.fairlead.kernel.nftables.Expression.Masquerade;
import dev.fairlead.kernel.nftables.Expression.Meta;
import dev.fairlead.kernel.nftables.Expression.Reject;
import dev.fairlead.kernel.nftables.Expression.StoreMeta;
import dev.fairlead.kernel.nftables.NamedSet;
import dev.fairlead.kernel.nftables.Rule;
import dev.fairlead.kernel.nftables.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What stands in the table whatever Services there are: chains, rules, maps, and the elements of the class maps.
 *
 * <p>All rules hang in NAT chains, which see the first packet of a connection only: packets of a connection that is under
 * way cost nothing here, and packets for nobody's Service one walk of a few lookups. Rejecting there needs Linux 5.9.
 *
 * <pre>
 * prerouting ─┬─ from a pod ──► pods ───┐   by class    ┌► pick-c ──► DNAT
 *             └─ else ────────► others ─┼──────────────►├► hold-s-c ► DNAT, for clients that stay
 * output ─────────────────────► node ───┘               ├► nobody ──► refuse
 *                                                       └► elsewhere: drop
 * postrouting ── the masquerade bit, or a pod that meets itself ──► masquerade
 * </pre>
 *
 * <p>Each of {@code pods}, {@code others} and {@code node} exists for both families. What is refused or dropped is counted by
 * reason, {@link Denial}.
 */
public record Ruleset(
        List<NamedSet> sets, List<String> counters, List<Chain> chains, List<Rule> rules, List<Fixed> elements) {
    /** An element that belongs to the constant part. */
    public record Fixed(String set, Element element) {}

    /**
     * What the surroundings decide.
     *
     * @param listeners addresses in the Service ranges that this process answers itself (DNS): left alone
     * @param masquerade one bit of the packet mark, not bit 0
     * @param clients how many clients of a family affinity can hold at once
     * @param counting one connection in so many is counted, by frontend and endpoint: 1 for each, 0 for none
     */
    public record Options(List<IpAddress> listeners, int masquerade, int clients, int counting) {
        /** Kubernetes' own bit, room for as many clients as 8 MiB hold, each connection counted. */
        public static final Options USUAL = new Options(List.of(), 1 << 14, 1 << 16, 1);

        /** The same with these listeners. */
        public Options withListeners(List<IpAddress> addresses) {
            return new Options(List.copyOf(addresses), masquerade, clients, counting);
        }

        /** The same, counting one connection in so many. */
        public Options counting(int oneIn) {
            return new Options(listeners, masquerade, clients, oneIn);
        }

        /** The same with another bit of the mark. */
        public Options withMasquerade(int bit) {
            return new Options(listeners, bit, clients, counting);
        }
    }

    private static final int NAT_DESTINATION = -100;
    private static final int NAT_SOURCE = 100;
    private static final String REFUSE = "refuse";
    private static final String PREROUTING = "prerouting";
    private static final String OUTPUT = "output";
    private static final String POSTROUTING = "postrouting";
    private static final String INPUT = "input";
    private static final String COUNT = "count";
    /** Pairs of a frontend and an endpoint that were met lately; what is more is not counted. */
    private static final int COUNTED = 1 << 14;

    private static final Duration COUNTED_FOR = Duration.ofHours(1);
    private static final int LINK_NAME = 16; // IFNAMSIZ
    private static final int STATUS_DNAT = 1 << 5; // IPS_DST_NAT
    private static final Bytes NONE = Bytes.mark(0);

    /** The constant part for these settings and options, and so much in the sets. */
    public static Ruleset of(Settings routes, Options options, Room room) {
        return new Writer(routes, options, room).write();
    }

    private static final class Writer {
        private final Settings routes;
        private final Options options;
        private final Words words;
        private final Room room;
        private final List<NamedSet> sets = new ArrayList<>();
        private final List<Chain> chains = new ArrayList<>();
        private final List<Rule> rules = new ArrayList<>();
        private final List<Fixed> elements = new ArrayList<>();

        Writer(Settings routes, Options options, Room room) {
            this.routes = routes;
            this.options = options;
            this.room = room;
            this.words = new Words(options.masquerade);
        }

        Ruleset write() {
            for (Maps maps : Maps.BOTH) {
                maps.sets(options.clients, options.counting > 0 ? COUNTED : 0)
                        .forEach(set -> sets.add(room.sized(set)));
            }
            refuse();
            for (Maps maps : Maps.BOTH) {
                picks(maps);
                boolean all = routes.masqueradeAll();
                boolean known = routes.tellsPods(maps.family());
                new Doors(maps, maps.named("pods"), false, false, all).write();
                new Doors(maps, maps.named("others"), true, false, all || known).write();
                new Doors(maps, maps.named("node"), false, true, all || known).write();
            }
            prerouting();
            chains.add(new Chain(OUTPUT, new Chain.Hook(Chain.Kind.NAT, Chain.Point.OUTPUT, NAT_DESTINATION)));
            for (Maps maps : Maps.BOTH) {
                goTo(OUTPUT, maps, List.of(), "node");
            }
            if (options.counting > 0) {
                counting();
            }
            postrouting();
            List<String> counters = Denial.ALL.stream().map(Denial::counter).toList();
            return new Ruleset(
                    List.copyOf(sets), counters, List.copyOf(chains), List.copyOf(rules), List.copyOf(elements));
        }

        private void called(String name) {
            chains.add(Chain.called(name));
        }

        private void rule(String chain, List<Expression> program, String comment) {
            rules.add(new Rule(chain, List.copyOf(program), comment));
        }

        private void refuse() {
            called(REFUSE);
            rule(
                    REFUSE,
                    List.of(
                            new LoadMeta(Meta.PROTOCOL, 0),
                            new Compare(0, true, Bytes.of(Maps.number(dev.fairlead.core.definition.Protocol.TCP))),
                            new Reject(true)),
                    "");
            rule(REFUSE, List.of(new Reject(false)), "");
        }

        private void picks(Maps maps) {
            Drawing drawing = new Drawing(maps, words);
            called(drawing.lost());
            drawing.found().forEach(program -> rule(drawing.lost(), program, ""));
            rule(
                    drawing.lost(),
                    List.of(new Decide(new Verdict.Drop())),
                    "endpoints just went: the client tries again");
            for (int power = 0; power < Words.CLASSES; power++) {
                String chain = drawing.pick(power);
                called(chain);
                drawing.programs(power, List.of()).forEach(program -> rule(chain, program, ""));
                rule(chain, List.of(new Decide(new Verdict.GoTo(drawing.lost()))), "");
                elements.add(new Fixed(maps.classes(), Element.of(Bytes.mark(power), new Verdict.GoTo(chain))));
            }
            denied(maps, Words.REFUSE, "nobody", Denial.Reason.NO_ENDPOINTS, new Verdict.GoTo(REFUSE));
            denied(maps, Words.DROP, "elsewhere", Denial.Reason.NO_LOCAL_ENDPOINTS, new Verdict.Drop());
        }

        private void denied(Maps maps, int word, String name, Denial.Reason reason, Verdict verdict) {
            String chain = maps.named(name);
            called(chain);
            rule(chain, List.of(count(maps, reason), new Decide(verdict)), "");
            elements.add(new Fixed(maps.classes(), Element.of(Bytes.mark(word), new Verdict.GoTo(chain))));
        }

        private static Expression count(Maps maps, Denial.Reason reason) {
            return new Expression.CountBy(new Denial(reason, maps.family()).counter());
        }

        private void prerouting() {
            chains.add(new Chain(PREROUTING, new Chain.Hook(Chain.Kind.NAT, Chain.Point.PREROUTING, NAT_DESTINATION)));
            for (Maps maps : Maps.BOTH) {
                for (Cidr range : routes.podCidrs()) {
                    if (range.family() == maps.family()) {
                        goTo(PREROUTING, maps, new Header(maps).sourceIn(range), "pods");
                    }
                }
                routes.podLinks().ifPresent(links -> goTo(PREROUTING, maps, cameBy(links), "pods"));
                goTo(PREROUTING, maps, List.of(), "others");
            }
        }

        /** A link's name lies in 16 bytes, zeros after it; one that only has to begin so is compared as far as it goes. */
        private static List<Expression> cameBy(PodLinks links) {
            byte[] name = links.name().getBytes(StandardCharsets.UTF_8);
            int[] wanted = new int[links.prefix() ? name.length : LINK_NAME];
            for (int i = 0; i < name.length; i++) {
                wanted[i] = name[i];
            }
            return List.of(new LoadMeta(Meta.INPUT_LINK_NAME, 0), new Compare(0, true, Bytes.of(wanted)));
        }

        private void goTo(String chain, Maps maps, List<Expression> condition, String target) {
            List<Expression> program = new ArrayList<>(new Header(maps).isFamily());
            program.addAll(condition);
            program.add(new Decide(new Verdict.GoTo(maps.named(target))));
            rule(chain, program, "");
        }

        /**
         * Connections are counted where they leave, or arrive at this node itself: there the endpoint is known, and a set
         * that is full hurts nobody. Only pairs that are met take memory.
         */
        private void counting() {
            called(COUNT);
            for (Maps maps : Maps.BOTH) {
                Header header = new Header(maps);
                int width = header.width();
                boolean v4 = maps.family() == IpFamily.IPV4;
                List<Expression> program = new ArrayList<>(header.isFamily());
                program.add(new LoadConnection(
                        v4 ? Expression.Connection.ASKED_IPV4 : Expression.Connection.ASKED_IPV6, 0));
                program.add(new LoadMeta(Meta.PROTOCOL, width));
                program.add(new LoadConnection(Expression.Connection.ASKED_PORT, width + 1));
                program.add(header.destination(width + 2));
                program.add(Header.port(2 * width + 2));
                program.add(new Expression.UpdateSet(
                        maps.passed(), Expression.UpdateSet.Change.UPDATE, 0, -1, COUNTED_FOR, true));
                rule(COUNT, program, "");
            }
            chains.add(new Chain(INPUT, new Chain.Hook(Chain.Kind.NAT, Chain.Point.INPUT, NAT_SOURCE)));
            count(INPUT);
        }

        private void count(String chain) {
            List<Expression> program = new ArrayList<>();
            program.add(new LoadConnection(Expression.Connection.STATUS, 0));
            program.add(new Bits(0, 0, Bytes.mark(STATUS_DNAT), NONE));
            program.add(new Compare(0, false, NONE));
            if (options.counting > 1) {
                program.add(new Expression.RandomNumber(0, options.counting));
                program.add(new Compare(0, true, NONE));
            }
            program.add(new Decide(new Verdict.Jump(COUNT)));
            rule(chain, program, "counts connections");
        }

        private void postrouting() {
            chains.add(new Chain(POSTROUTING, new Chain.Hook(Chain.Kind.NAT, Chain.Point.POSTROUTING, NAT_SOURCE)));
            if (options.counting > 0) {
                count(POSTROUTING);
            }
            rule(
                    POSTROUTING,
                    List.of(
                            new LoadMeta(Meta.MARK, 0),
                            new Bits(0, 1, words.masqueradeMask(), NONE),
                            new Compare(1, false, NONE),
                            new Bits(0, 0, words.numberMask(), NONE),
                            new StoreMeta(Meta.MARK, 0),
                            new Masquerade(true)),
                    "");
            for (Maps maps : Maps.BOTH) {
                Header header = new Header(maps);
                List<Expression> program = new ArrayList<>(header.isFamily());
                program.add(new LoadConnection(Expression.Connection.STATUS, 0));
                program.add(new Bits(0, 0, Bytes.mark(STATUS_DNAT), NONE));
                program.add(new Compare(0, false, NONE));
                program.add(header.source(0));
                program.add(header.destination(header.width()));
                program.add(new IsIn(maps.own(), 0));
                program.add(new Masquerade(true));
                rule(POSTROUTING, program, "a pod that meets itself");
            }
        }

        /** The chain for packets of one origin: in at which door? */
        private final class Doors {
            private final Maps maps;
            private final String chain;
            /** Whether the Local policy binds them. */
            private final boolean far;
            /** Whether they come from this node itself, which masquerades what external doors let in. */
            private final boolean node;
            /** Whether clusterIP connections leave with the node's address. */
            private final boolean masqueradeInternal;

            private final Header header;

            Doors(Maps maps, String chain, boolean far, boolean node, boolean masqueradeInternal) {
                this.maps = maps;
                this.chain = chain;
                this.far = far;
                this.node = node;
                this.masqueradeInternal = masqueradeInternal;
                this.header = new Header(maps);
            }

            void write() {
                called(chain);
                for (IpAddress listener : options.listeners) {
                    if (listener.family() == maps.family()) {
                        rule(
                                chain,
                                List.of(
                                        header.destination(0),
                                        new Compare(0, true, Maps.address(listener)),
                                        new Decide(new Verdict.Return())),
                                "answered by Fairlead itself");
                    }
                }
                look(header.frontend(), maps.internal(), masqueradeInternal);
                List<Expression> guard = new ArrayList<>(header.frontend());
                guard.add(new IsIn(maps.guarded(), 0));
                guard.add(header.source(header.width() + 2));
                guard.add(new IsNotIn(maps.admitted(), 0));
                guard.add(count(maps, Denial.Reason.SOURCE_NOT_ALLOWED));
                guard.add(new Decide(new Verdict.Drop()));
                rule(chain, guard, "not from these source ranges");
                if (far) {
                    look(header.frontend(), maps.externalFar(), false);
                }
                look(header.frontend(), maps.external(), node);
                if (far) {
                    look(header.nodePort(), maps.portsFar(), false);
                }
                look(header.nodePort(), maps.ports(), node);
                rule(
                        chain,
                        List.of(
                                header.destination(0),
                                new IsIn(maps.addresses(), 0),
                                count(maps, Denial.Reason.UNKNOWN_PORT),
                                new Decide(new Verdict.GoTo(REFUSE))),
                        "a clusterIP, but none of its ports");
                for (Cidr range : routes.serviceCidrs()) {
                    if (range.family() == maps.family()) {
                        List<Expression> program = new ArrayList<>(header.destinationIn(range));
                        program.add(count(maps, Denial.Reason.UNUSED_SERVICE_ADDRESS));
                        program.add(new Decide(new Verdict.Drop()));
                        rule(chain, program, "nobody's address");
                    }
                }
            }

            /** Where the map knows the key: number into the mark, then by class. */
            private void look(List<Expression> key, String map, boolean masquerade) {
                List<Expression> program = new ArrayList<>(key);
                program.add(new LoadMeta(Meta.MARK, 11)); // without it the nft tool does not know that 11 is written
                program.add(new Look(map, 0, 10));
                if (masquerade) {
                    program.add(new Bits(10, 10, words.numberMask(), words.masqueradeMask()));
                }
                program.add(new StoreMeta(Meta.MARK, 10));
                program.add(new Follow(maps.classes(), 11));
                rule(chain, program, "");
            }
        }
    }

    /** What no packet meets before {@link #hooks} stand. */
    public Ruleset inside() {
        Set<String> hooked = hooked();
        return new Ruleset(
                sets,
                counters,
                chains.stream().filter(chain -> chain.hook() == null).toList(),
                rules.stream().filter(rule -> !hooked.contains(rule.chain())).toList(),
                elements);
    }

    /** The chains that the kernel sends packets to, and their rules. */
    public Ruleset hooks() {
        Set<String> hooked = hooked();
        return new Ruleset(
                List.of(),
                List.of(),
                chains.stream().filter(chain -> chain.hook() != null).toList(),
                rules.stream().filter(rule -> hooked.contains(rule.chain())).toList(),
                List.of());
    }

    private Set<String> hooked() {
        return chains.stream()
                .filter(chain -> chain.hook() != null)
                .map(Chain::name)
                .collect(Collectors.toSet());
    }

    /** The rules of one family that are made when the first Service asks to hold its clients for so long. */
    public static Ruleset hold(Operation.Hold hold, int masquerade) {
        Drawing drawing = new Drawing(hold.maps(), new Words(masquerade));
        String chain = drawing.hold(hold.seconds(), hold.size());
        List<Rule> rules = new ArrayList<>();
        for (List<Expression> program : drawing.holding(hold.seconds(), hold.size())) {
            rules.add(new Rule(chain, program, ""));
        }
        Bytes key = Bytes.mark(Words.held(hold.seconds(), hold.size()));
        return new Ruleset(
                List.of(),
                List.of(),
                List.of(Chain.called(chain)),
                List.copyOf(rules),
                List.of(new Fixed(hold.maps().classes(), Element.of(key, new Verdict.GoTo(chain)))));
    }

    /** Parts of a packet's header. */
    record Header(Maps maps) {
        private static final int IPV4_SOURCE = 12;
        private static final int IPV4_DESTINATION = 16;
        private static final int IPV6_SOURCE = 8;
        private static final int IPV6_DESTINATION = 24;

        /** Registers of an address. */
        int width() {
            return maps.width() / 4;
        }

        List<Expression> isFamily() {
            int number = maps.family() == IpFamily.IPV4 ? 2 : 10; // NFPROTO_*
            return List.of(new LoadMeta(Meta.FAMILY, 0), new Compare(0, true, Bytes.of(number)));
        }

        Expression source(int into) {
            return from(maps.width(), into);
        }

        /** So many bytes from the source address on. */
        Expression from(int bytes, int into) {
            int offset = maps.family() == IpFamily.IPV4 ? IPV4_SOURCE : IPV6_SOURCE;
            return new Expression.Payload(Expression.Payload.Base.NETWORK, offset, bytes, into);
        }

        Expression destination(int into) {
            int offset = maps.family() == IpFamily.IPV4 ? IPV4_DESTINATION : IPV6_DESTINATION;
            return new Expression.Payload(Expression.Payload.Base.NETWORK, offset, maps.width(), into);
        }

        /** Address, protocol and port in a row. */
        List<Expression> frontend() {
            return List.of(destination(0), new LoadMeta(Meta.PROTOCOL, width()), port(width() + 1));
        }

        /** Protocol and port in a row, where the address is one that accepts node ports. */
        List<Expression> nodePort() {
            return List.of(destination(0), new IsIn(maps.node(), 0), new LoadMeta(Meta.PROTOCOL, 0), port(1));
        }

        private static Expression port(int into) {
            return new Expression.Payload(Expression.Payload.Base.TRANSPORT, 2, 2, into);
        }

        List<Expression> sourceIn(Cidr range) {
            return in(source(0), range);
        }

        List<Expression> destinationIn(Cidr range) {
            return in(destination(0), range);
        }

        private List<Expression> in(Expression load, Cidr range) {
            int[] mask = new int[maps.width()];
            for (int bit = 0; bit < range.prefix(); bit++) {
                mask[bit / 8] |= 0x80 >> bit % 8;
            }
            return List.of(
                    load,
                    new Bits(0, 0, Bytes.of(mask), Bytes.of(new int[maps.width()])),
                    new Compare(0, true, Maps.address(range.first())));
        }
    }
}
