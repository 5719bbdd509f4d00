// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.NeedsNamespaces;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.netlink.Rtnetlink;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is written into the kernel is read back equal, and what it refuses changes nothing. */
@ExtendWith(NeedsNamespaces.class)
class NftablesTest {
    private static final Table TABLE = Table.shared(Family.INET, "test");
    private static final List<Field> FRONTEND = List.of(Field.IPV4_ADDRESS, Field.PROTOCOL, Field.PORT);
    private static final NamedSet SERVICES = NamedSet.map("services", FRONTEND, List.of(Field.MARK, Field.MARK));
    private static final NamedSet CLASSES = NamedSet.verdicts("classes", List.of(Field.MARK));

    private Namespace namespace;
    private Nftables nftables;

    @BeforeEach
    void open() {
        namespace = Namespace.create("nftables");
        nftables = Nftables.in(namespace);
    }

    @AfterEach
    void close() {
        nftables.close();
        namespace.close();
    }

    private static Bytes frontend(int address, int port) {
        return Bytes.fields(12)
                .address(new byte[] {10, 96, (byte) (address >> 8), (byte) address})
                .protocol(6)
                .port(port)
                .bytes();
    }

    private static Bytes two(int one, int other) {
        return Bytes.fields(8).mark(one).mark(other).bytes();
    }

    private void commit(Transaction changes) {
        nftables.commit("test", changes);
    }

    @Test
    void setsOfEveryKindAreReadBack() {
        List<NamedSet> sets = List.of(
                SERVICES,
                CLASSES,
                NamedSet.set("addresses", List.of(Field.IPV6_ADDRESS)),
                NamedSet.map("sized", FRONTEND, List.of(Field.MARK)).sized(1000),
                NamedSet.set("ranges", List.of(Field.IPV4_ADDRESS, Field.IPV4_ADDRESS))
                        .ofIntervals(),
                NamedSet.map(
                                "clients",
                                List.of(Field.MARK, Field.IPV4_ADDRESS),
                                List.of(Field.IPV4_ADDRESS, Field.PORT))
                        .sized(16)
                        .filledByRules());
        Transaction changes = new Transaction(TABLE).addTable();
        sets.forEach(changes::add);
        commit(changes);
        assertThat(nftables.sets(TABLE)).containsExactlyInAnyOrderElementsOf(sets);
        assertThat(nftables.table(Family.INET, "test")).contains(TABLE);
        assertThat(nftables.table(Family.INET, "other")).isEmpty();
    }

    @Test
    void everyInstructionIsReadBack() {
        List<Expression> everything = List.of(
                new Expression.Counter(0, 0),
                new Expression.CountBy("met"),
                new Expression.LoadMeta(Expression.Meta.FAMILY, 0),
                new Expression.Compare(0, true, Bytes.of(2)),
                new Expression.LoadConnection(Expression.Connection.STATUS, 1),
                new Expression.Bits(1, 2, Bytes.mark(0x20), Bytes.mark(0)),
                new Expression.Compare(2, false, Bytes.mark(0)),
                new Expression.Payload(Expression.Payload.Base.NETWORK, 16, 4, 4),
                new Expression.LoadMeta(Expression.Meta.PROTOCOL, 5),
                new Expression.Payload(Expression.Payload.Base.TRANSPORT, 2, 2, 6),
                new Expression.IsIn("guarded", 4),
                new Expression.IsNotIn("open", 4),
                new Expression.RandomNumber(1, 8),
                new Expression.Load(0, Bytes.mark(7)),
                new Expression.StoreMeta(Expression.Meta.MARK, 0),
                new Expression.StoreConnection(Expression.Connection.MARK, 0),
                new Expression.Look("services", 4, 8),
                new Expression.LoadConnection(Expression.Connection.ASKED_PORT, 9),
                new Expression.LoadConnection(Expression.Connection.ASKED_IPV6, 10),
                new Expression.UpdateSet(
                        "clients", Expression.UpdateSet.Change.UPDATE, 0, -1, Duration.ofHours(3), false),
                new Expression.UpdateSet(
                        "clients", Expression.UpdateSet.Change.UPDATE, 0, -1, Duration.ofHours(1), true),
                new Expression.DestinationNat(Family.IPV4, 8, 9));
        Rule first = new Rule("services", everything, "everything: 10.96.0.1 → pods");
        Rule second = Rule.of("services", new Expression.Load(0, Bytes.mark(7)), new Expression.Follow("classes", 0));
        Rule third = Rule.of("services", new Expression.Decide(new Verdict.Jump("refused")));
        Rule fourth = Rule.of("refused", new Expression.Reject(false));
        Rule fifth = Rule.of("out", new Expression.Masquerade(true));
        List<Chain> chains = List.of(
                Chain.called("services"),
                Chain.called("refused"),
                new Chain("in", new Chain.Hook(Chain.Kind.NAT, Chain.Point.PREROUTING, -100)),
                new Chain("out", new Chain.Hook(Chain.Kind.NAT, Chain.Point.POSTROUTING, 100)));
        Transaction changes = new Transaction(TABLE)
                .addTable()
                .add(SERVICES)
                .add(CLASSES)
                .addCounter("met")
                .add(NamedSet.set("guarded", FRONTEND))
                .add(NamedSet.set("open", FRONTEND))
                .add(NamedSet.set("clients", List.of(Field.MARK))
                        .filledByRules()
                        .sized(100));
        chains.forEach(changes::add);
        List.of(first, second, third, fourth, fifth).forEach(changes::add);
        commit(changes);
        assertThat(nftables.chains(TABLE)).containsExactlyInAnyOrderElementsOf(chains);
        assertThat(nftables.rules(TABLE)).containsExactlyInAnyOrder(first, second, third, fourth, fifth);
    }

    @Test
    void countersAreReadByName() throws Exception {
        assertThat(nftables.counters(TABLE)).as("no such table").isEmpty();
        Transaction changes = new Transaction(TABLE)
                .addTable()
                .addCounter("sent")
                .addCounter("other")
                .add(new Chain("out", new Chain.Hook(Chain.Kind.FILTER, Chain.Point.OUTPUT, 0)))
                .add(Rule.of("out", new Expression.CountBy("sent"), new Expression.Decide(new Verdict.Drop())));
        commit(changes);
        assertThat(nftables.counters(TABLE)).isEqualTo(Map.of("sent", 0L, "other", 0L));
        namespace.call(() -> {
            try (Rtnetlink links = Rtnetlink.in(namespace);
                    DatagramSocket socket = new DatagramSocket()) {
                links.setUp("lo");
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> socket.send(
                                    new DatagramPacket(new byte[1], 1, InetAddress.getLoopbackAddress(), 9)))
                            .hasMessageContaining("not permitted");
                }
            }
            return null;
        });
        assertThat(nftables.counters(TABLE)).isEqualTo(Map.of("sent", 3L, "other", 0L));
        commit(new Transaction(TABLE).addTable().addCounter("sent"));
        assertThat(nftables.counters(TABLE)).as("it goes on").containsEntry("sent", 3L);
    }

    @Test
    void elementsArePutTakenAndReadBack() {
        commit(new Transaction(TABLE)
                .addTable()
                .add(SERVICES)
                .add(CLASSES)
                .add(Chain.called("pick"))
                .put("services", Element.of(frontend(1, 80), two(1, 2)))
                .put("services", Element.of(frontend(2, 80), two(3, 4)))
                .put("classes", Element.of(Bytes.mark(2), new Verdict.GoTo("pick")))
                .put("classes", Element.of(Bytes.mark(3), new Verdict.Drop())));
        commit(new Transaction(TABLE)
                .remove("services", Element.of(frontend(2, 80)))
                .put("services", Element.of(frontend(2, 80), two(5, 6))));
        assertThat(nftables.elements(TABLE, "services"))
                .containsExactlyInAnyOrder(
                        Element.of(frontend(1, 80), two(1, 2)), Element.of(frontend(2, 80), two(5, 6)));
        assertThat(nftables.elements(TABLE, "classes"))
                .containsExactlyInAnyOrder(
                        Element.of(Bytes.mark(2), new Verdict.GoTo("pick")),
                        Element.of(Bytes.mark(3), new Verdict.Drop()));
        commit(new Transaction(TABLE).clearSet("services"));
        assertThat(nftables.elements(TABLE, "services")).isEmpty();
    }

    @Test
    void rangesOfConcatenationsAreReadBack() {
        NamedSet allowed =
                NamedSet.set("allowed", List.of(Field.PORT, Field.IPV4_ADDRESS)).ofIntervals();
        Bytes from = Bytes.fields(8).port(80).address(new byte[] {10, 0, 0, 0}).bytes();
        Bytes to = Bytes.fields(8)
                .port(80)
                .address(new byte[] {10, 0, 0, (byte) 255})
                .bytes();
        commit(new Transaction(TABLE).addTable().add(allowed).put("allowed", Element.range(from, to)));
        assertThat(nftables.elements(TABLE, "allowed")).containsExactly(Element.range(from, to));
        commit(new Transaction(TABLE).remove("allowed", Element.range(from, to)));
        assertThat(nftables.elements(TABLE, "allowed")).isEmpty();
    }

    @Test
    void refusedChangesChangeNothing() {
        commit(new Transaction(TABLE).addTable().add(SERVICES).put("services", Element.of(frontend(1, 80), two(1, 2))));
        int generation = nftables.generation();
        assertThatThrownBy(() -> commit(new Transaction(TABLE)
                        .put("services", Element.of(frontend(9, 80), two(1, 1)))
                        .put("services", Element.of(frontend(1, 80), two(7, 7)))))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.isExists()).isTrue());
        assertThatThrownBy(() -> commit(new Transaction(TABLE).remove("services", Element.of(frontend(77, 80)))))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.isNotFound()).isTrue());
        assertThat(nftables.elements(TABLE, "services")).hasSize(1);
        assertThat(nftables.generation()).isEqualTo(generation);
    }

    @Test
    void aChangeForAGenerationThatHasPassedIsRefused() {
        commit(new Transaction(TABLE).addTable().add(SERVICES));
        int generation = nftables.generation();
        Transaction changes = new Transaction(TABLE);
        commit(changes.clear(generation).put("services", Element.of(frontend(1, 80), two(1, 2))));
        assertThat(nftables.generation()).isGreaterThan(generation);
        assertThatThrownBy(() ->
                        commit(changes.clear(generation).put("services", Element.of(frontend(2, 80), two(1, 2)))))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.errno()).isEqualTo(85)); // ERESTART
        assertThat(nftables.elements(TABLE, "services")).hasSize(1);
    }

    @Test
    void thousandsOfElementsGoInOneTransaction() {
        Random random = new Random(7);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            elements.add(Element.of(frontend(i, 1 + random.nextInt(65_535)), two(i, random.nextInt())));
        }
        Transaction changes = new Transaction(TABLE).addTable().add(SERVICES.sized(30_000));
        elements.forEach(element -> changes.put("services", element));
        commit(changes);
        assertThat(nftables.elements(TABLE, "services")).containsExactlyInAnyOrderElementsOf(elements);
    }

    @Test
    void anOwnedTableWithstandsOthersAndOutlivesItsOwner() {
        Table owned = TABLE.ownedByMaker();
        commit(new Transaction(owned).addTable().add(SERVICES));
        try (Nftables stranger = Nftables.in(namespace)) {
            assertThatThrownBy(() -> stranger.commit("remove it", new Transaction(TABLE).deleteTable()))
                    .isInstanceOfSatisfying(
                            KernelException.class,
                            e -> assertThat(e.isPermission()).isTrue());
            nftables.close();
            assertThat(stranger.sets(TABLE)).containsExactly(SERVICES);
            stranger.commit("take it over", new Transaction(owned).addTable());
            stranger.commit("use it", new Transaction(owned).put("services", Element.of(frontend(1, 80), two(1, 2))));
            assertThat(stranger.elements(owned, "services")).hasSize(1);
        }
    }
}
