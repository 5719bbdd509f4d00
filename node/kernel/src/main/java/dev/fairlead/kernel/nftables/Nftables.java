// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.message.Attributes;
import dev.fairlead.kernel.message.MessageWriter;
import dev.fairlead.kernel.message.NetlinkSocket;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The nftables of one network namespace. Any thread may use it, one call runs at a time; a change is in force when commit
 * returns, in front of the next packet.
 *
 * <p>Every method may throw {@link KernelException} and then nothing was changed: EEXIST for an element that is there with
 * other data, ENOENT for a table, set or element that is not there, EBUSY for what is in use, ENFILE for a set that is
 * full, EPERM without CAP_NET_ADMIN or for a table of another owner, ERESTART when the generation asked for has passed.
 * ENOBUFS alone says nothing: the change may have happened, read again. A table with an owner belongs to this object
 * and is orphaned, not removed, when it is closed.
 */
public final class Nftables implements AutoCloseable {
    private static final int GET_TABLE = 1;
    private static final int GET_CHAIN = 4;
    private static final int GET_RULE = 7;
    private static final int GET_SET = 10;
    private static final int GET_ELEMENTS = 13;
    private static final int GET_GENERATION = 16;
    private static final int GET_OBJECT = 19;
    private static final long FAMILY_HEADER = 4; // struct nfgenmsg
    private static final int MEMBARRIER_GLOBAL = 1; // MEMBARRIER_CMD_GLOBAL, uapi/linux/membarrier.h
    private static final long LONG_FOR_A_PACKET = 100_000_000; // ns

    private final NetlinkSocket socket;
    private final MessageWriter request = new MessageWriter(1 << 12);

    private final long longest;

    private Nftables(NetlinkSocket socket, long longest) {
        this.socket = socket;
        this.longest = longest;
    }

    private static Nftables over(NetlinkSocket socket) {
        return new Nftables(socket, socket.longest());
    }

    /** Opens the nftables of a namespace. */
    public static Nftables in(Namespace namespace) {
        return over(NetlinkSocket.open(namespace, NetlinkSocket.NETFILTER));
    }

    /** The same with little room for answers: how the kernel behaves that has more to say than is read. */
    public static Nftables in(Namespace namespace, int answers) {
        return over(NetlinkSocket.open(namespace, NetlinkSocket.NETFILTER, answers));
    }

    /** The same that takes transactions of so many bytes at most, as where privileges over the host are missing. */
    public static Nftables sendingAtMost(Namespace namespace, long bytes) {
        NetlinkSocket socket = NetlinkSocket.open(namespace, NetlinkSocket.NETFILTER);
        return new Nftables(socket, Math.min(bytes, socket.longest()));
    }

    /** Whether the kernel takes so much at once; else {@link #commit} is refused with EMSGSIZE. */
    public boolean takes(Transaction changes) {
        return takes(changes, 0);
    }

    /** The same with so many bytes more. */
    public boolean takes(Transaction changes, long more) {
        return changes.length() + more <= longest;
    }

    /**
     * Makes the changes, all or none.
     *
     * @param operation what for, as an error is to say it
     */
    public synchronized void commit(String operation, Transaction changes) {
        socket.execute(operation, changes.finish());
    }

    /**
     * Returns when no packet is under way any more that met the state before the last commit: what a rule looks up while it
     * runs is looked up in the state of that moment, so what rules of before still need may be taken away only now.
     *
     * <p>Some 10 ms: {@code membarrier(MEMBARRIER_CMD_GLOBAL)} waits for an RCU grace period, and packets are processed within one.
     * Where the kernel does not offer it (nohz_full), a tenth of a second has to do.
     */
    public static void awaitPackets() {
        if (SystemCalls.attempt(SystemCall.MEMBARRIER, MEMBARRIER_GLOBAL, 0, 0) < 0) {
            LockSupport.parkNanos(LONG_FOR_A_PACKET);
        }
    }

    /** A number that grows with every change of any table in this namespace, whoever made it. */
    public synchronized int generation() {
        request(GET_GENERATION, Family.ANY, MessageWriter.ACK).end();
        return socket.list(
                        "read nftables generation",
                        request,
                        bytes -> attributes(bytes).big(1))
                .getFirst();
    }

    /** The table of that family and name as it is, if it is there. */
    public synchronized Optional<Table> table(Family family, String name) {
        request(GET_TABLE, family, MessageWriter.DUMP).end();
        List<Table> found = list("read nftables tables", attributes -> {
            boolean owned = (attributes.big(2) & Table.OWNER) != 0;
            return attributes.text(1).equals(name) ? new Table(family, name, owned) : null;
        });
        return found.stream().findFirst();
    }

    /**
     * Who owns the table: the number (port id) of a netlink socket that is open somewhere in this namespace; 0 when nobody
     * does, or the table is not there.
     */
    public synchronized int owner(Family family, String name) {
        request(GET_TABLE, family, MessageWriter.DUMP).end();
        List<Integer> found =
                list("read nftables tables", attributes -> attributes.text(1).equals(name) ? attributes.big(7) : null);
        return found.isEmpty() ? 0 : found.getFirst();
    }

    /** The table's chains, as they were made. */
    public synchronized List<Chain> chains(Table table) {
        request(GET_CHAIN, table.family(), MessageWriter.DUMP)
                .attribute(1, table.name())
                .end();
        return list(
                "read chains of " + table.name(),
                attributes -> attributes.text(1).equals(table.name()) ? chain(attributes) : null);
    }

    /** The names of all chains of a table, whoever made it and whatever kinds of chains those are. */
    public synchronized List<String> chainNames(Table table) {
        request(GET_CHAIN, table.family(), MessageWriter.DUMP)
                .attribute(1, table.name())
                .end();
        return list(
                "read chains of " + table.name(),
                attributes -> attributes.text(1).equals(table.name()) ? attributes.text(3) : null);
    }

    /**
     * Where a rule leads; for tables of others, whose instructions are not all known here.
     *
     * @param handle the kernel's number of the rule within its table
     * @param targets chains it jumps or goes to
     */
    public record Lead(String chain, long handle, List<String> targets) {}

    /** The rules of a table that lead to other chains. */
    public synchronized List<Lead> leads(Table table) {
        request(GET_RULE, table.family(), MessageWriter.DUMP)
                .attribute(1, table.name())
                .end();
        return list(
                "read rules of " + table.name(),
                attributes -> attributes.text(1).equals(table.name()) ? lead(attributes) : null);
    }

    private static @Nullable Lead lead(Attributes rule) {
        List<String> targets = Attributes.elements(rule.bytes(4)).stream()
                .filter(one -> one.text(1).equals("immediate"))
                .map(one -> one.nested(2).nested(2).nested(2).text(2))
                .filter(target -> !target.isEmpty())
                .toList();
        return targets.isEmpty() ? null : new Lead(rule.text(2), rule.bigLong(3), targets);
    }

    private static Chain chain(Attributes attributes) {
        String name = attributes.text(3);
        if (!attributes.has(4)) {
            return Chain.called(name);
        }
        Attributes hook = attributes.nested(4);
        Chain.Kind kind = attributes.text(7).equals("nat") ? Chain.Kind.NAT : Chain.Kind.FILTER;
        return new Chain(name, new Chain.Hook(kind, Numbered.of(Chain.Point.class, hook.big(1)), hook.big(2)));
    }

    /** The table's rules, chain by chain, in order. */
    public synchronized List<Rule> rules(Table table) {
        request(GET_RULE, table.family(), MessageWriter.DUMP)
                .attribute(1, table.name())
                .end();
        return list(
                "read rules of " + table.name(),
                attributes -> attributes.text(1).equals(table.name()) ? rule(attributes) : null);
    }

    private static Rule rule(Attributes attributes) {
        List<Expression> program = Attributes.elements(attributes.bytes(4)).stream()
                .map(ExpressionReader::read)
                .toList();
        Bytes note = Bytes.of(attributes.bytes(7));
        // kind, length, text, terminating zero
        String comment = note.length() < 3
                ? ""
                : new String(note.array(), 2, note.array()[1] - 1, java.nio.charset.StandardCharsets.UTF_8);
        return new Rule(attributes.text(2), program, comment);
    }

    /** The table's named sets and maps. */
    public synchronized List<NamedSet> sets(Table table) {
        request(GET_SET, table.family(), MessageWriter.DUMP)
                .attribute(1, table.name())
                .end();
        return list(
                "read sets of " + table.name(),
                attributes -> attributes.text(1).equals(table.name()) ? set(attributes) : null);
    }

    private static NamedSet set(Attributes attributes) {
        int flags = attributes.big(3);
        NamedSet.Content content;
        if ((flags & NamedSet.MAP) == 0) {
            content = new NamedSet.Content.Keys();
        } else if (attributes.big(6) == Transaction.DATA_VERDICT) {
            content = new NamedSet.Content.Verdicts();
        } else {
            content = new NamedSet.Content.Data(Field.ofType(attributes.big(6)));
        }
        return new NamedSet(
                attributes.text(2),
                Field.ofType(attributes.big(4)),
                content,
                attributes.nested(9).big(1),
                (flags & NamedSet.INTERVAL) != 0,
                (flags & NamedSet.EVALUATED) != 0);
    }

    /** How many packets each counter of the table has counted, by its name. */
    public synchronized Map<String, Long> counters(Table table) {
        request(GET_OBJECT, table.family(), MessageWriter.DUMP)
                .attribute(1, table.name())
                .bigAttribute(3, Transaction.COUNTER)
                .end();
        Map<String, Long> counters = new TreeMap<>();
        list("read counters of " + table.name(), attributes -> {
            if (attributes.text(1).equals(table.name())) {
                counters.put(attributes.text(2), attributes.nested(4).bigLong(2));
            }
            return null;
        });
        return counters;
    }

    /** The elements of a set or map, in no order. */
    public synchronized List<Element> elements(Table table, String set) {
        List<Element> elements = new ArrayList<>();
        read(table, set, element -> elements.add(element.element()));
        return elements;
    }

    /** The same of a set that rules fill, each with the time that is left to it. */
    public synchronized List<Element.Timed> timedElements(Table table, String set) {
        List<Element.Timed> elements = new ArrayList<>();
        read(table, set, elements::add);
        return elements;
    }

    private void read(Table table, String set, Consumer<Element.Timed> consumer) {
        request(GET_ELEMENTS, table.family(), MessageWriter.DUMP)
                .attribute(1, table.name())
                .attribute(2, set)
                .end();
        list("read elements of " + set, attributes -> {
            new ElementReader(attributes.bytes(3)).forEach(consumer);
            return null;
        });
    }

    private MessageWriter request(int type, Family family, int flags) {
        request.clear().begin(Transaction.SUBSYSTEM | type, flags);
        return request.u8(family.number()).u8(0).big16(0);
    }

    private <T> List<T> list(String operation, Function<Attributes, @Nullable T> function) {
        try {
            return socket.list(operation, request, bytes -> function.apply(attributes(bytes)));
        } catch (KernelException e) {
            if (e.isNotFound()) {
                return List.of();
            }
            throw e;
        }
    }

    private static Attributes attributes(MemorySegment message) {
        return new Attributes(message.asSlice(FAMILY_HEADER));
    }

    @Override
    public void close() {
        socket.close();
    }
}
