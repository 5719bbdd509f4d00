// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import dev.fairlead.kernel.message.MessageWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one table that happen together or not at all, in the order they were written. Written once, committed once
 * by {@link Nftables#commit}, then cleared and used again: its memory is kept.
 *
 * <pre>{@code
 * Transaction change = new Transaction(table);
 * change.add(table);
 * change.add(NamedSet.map("services", List.of(IPV4_ADDRESS, PROTOCOL, PORT), List.of(MARK)));
 * change.put("services", Element.of(key, data));
 * nftables.commit("make the services known", change);
 * }</pre>
 *
 * <p>Facts of the kernel: an element with the same key and other data is refused (EEXIST), so replacing is removing and
 * putting; removing what is not there is refused (ENOENT); an element put twice is not.
 */
public final class Transaction {
    static final int SUBSYSTEM = 10 << 8;
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int NEW_TABLE = 0;
    private static final int DELETE_TABLE = 2;
    private static final int NEW_CHAIN = 3;
    private static final int DELETE_CHAIN = 5;
    private static final int NEW_RULE = 6;
    private static final int DELETE_RULE = 8;
    private static final int NEW_SET = 9;
    private static final int DELETE_SET = 11;
    private static final int NEW_ELEMENTS = 12;
    private static final int DELETE_ELEMENTS = 14;
    private static final int NEW_OBJECT = 18;
    /** NFT_OBJECT_COUNTER. */
    static final int COUNTER = 1;

    static final int DATA_VERDICT = 0xffffff00;
    private static final int LIST_LIMIT = 60_000;
    /** Bytes of one with an IPv4 address and port in its key or its data. */
    private static final int USUAL_ELEMENT = 64;

    private static final int EDGE = 20; // struct nlmsghdr, struct nfgenmsg

    private final Table table;
    private final MessageWriter out = new MessageWriter(1 << 18);
    private final ExpressionWriter expressions = new ExpressionWriter(out);
    private int setId;
    private int changes;
    private @Nullable Elements open;

    /** A list of elements of one set that is being written. */
    private record Elements(String set, int type, long list) {}

    /** Changes of that table and of what is in it. */
    public Transaction(Table table) {
        this.table = table;
        clear();
    }

    /** The table all changes are about. */
    public Table table() {
        return table;
    }

    /** Makes room for about so many changes more at once, as growing on the way costs time. */
    public Transaction expecting(int more) {
        out.reserve(out.length() + (long) more * USUAL_ELEMENT + LIST_LIMIT);
        return this;
    }

    /** How many changes were written; putting an element is one. */
    public int size() {
        return changes;
    }

    /** How many bytes it is; a change that is written next adds the less, the more like the last one it is. */
    long length() {
        return out.length() + EDGE;
    }

    /** Begins anew. */
    public Transaction clear() {
        out.clear();
        changes = 0;
        setId = 0;
        open = null;
        edge(BATCH_BEGIN, -1);
        return this;
    }

    /** Begins anew, to be refused (ERESTART) unless this generation is still the kernel's. */
    public Transaction clear(int generation) {
        clear();
        out.clear();
        edge(BATCH_BEGIN, generation);
        return this;
    }

    private void edge(int type, int generation) {
        out.begin(type, 0).u8(0).u8(0).big16(SUBSYSTEM >> 8);
        if (generation >= 0) {
            out.bigAttribute(1, generation);
        }
        out.end();
    }

    /** The bytes, ended. Only the last change asks for an acknowledgement, so that there is always room for it. */
    MessageWriter finish() {
        endElements();
        if (changes > 0) {
            out.acknowledged();
        }
        edge(BATCH_END, -1);
        return out;
    }

    private MessageWriter message(int type, int flags) {
        endElements();
        changes++;
        return header(type, flags);
    }

    private MessageWriter header(int type, int flags) {
        out.begin(SUBSYSTEM | type, flags);
        return out.u8(table.family().number()).u8(0).big16(0); // struct nfgenmsg
    }

    /** Makes the table, or takes it over when nobody owns it. */
    public Transaction addTable() {
        message(NEW_TABLE, MessageWriter.CREATE)
                .attribute(1, table.name())
                .bigAttribute(2, table.flags())
                .end();
        return this;
    }

    /** Removes the table with all that is in it. */
    public Transaction deleteTable() {
        message(DELETE_TABLE, 0).attribute(1, table.name()).end();
        return this;
    }

    /** Removes another table, if it is there. */
    public Transaction delete(Table other) {
        message(NEW_TABLE, MessageWriter.CREATE)
                .attribute(1, other.name())
                .bigAttribute(2, other.flags())
                .end();
        message(DELETE_TABLE, 0).attribute(1, other.name()).end();
        return this;
    }

    /** Makes a chain; it may be there. */
    public Transaction add(Chain chain) {
        message(NEW_CHAIN, MessageWriter.CREATE).attribute(1, table.name()).attribute(3, chain.name());
        Chain.Hook hook = chain.hook();
        if (hook != null) {
            out.attribute(7, hook.kind().text());
            long nested = out.nest(4);
            out.bigAttribute(1, hook.point().number()).bigAttribute(2, hook.priority());
            out.end(nested);
        }
        out.end();
        return this;
    }

    /** Removes a chain that nothing refers to; its rules go with it. */
    public Transaction deleteChain(String chain) {
        clearChain(chain);
        message(DELETE_CHAIN, 0).attribute(1, table.name()).attribute(3, chain).end();
        return this;
    }

    /** Removes all rules of a chain. */
    public Transaction clearChain(String chain) {
        message(DELETE_RULE, 0).attribute(1, table.name()).attribute(2, chain).end();
        return this;
    }

    /** Removes one rule, by the kernel's number. */
    public Transaction deleteRule(String chain, long handle) {
        message(DELETE_RULE, 0)
                .attribute(1, table.name())
                .attribute(2, chain)
                .bigAttribute(3, handle)
                .end();
        return this;
    }

    /** Appends a rule to its chain. */
    public Transaction add(Rule rule) {
        message(NEW_RULE, MessageWriter.CREATE | MessageWriter.APPEND)
                .attribute(1, table.name())
                .attribute(2, rule.chain());
        long nested = out.nest(4);
        rule.program().forEach(expressions::write);
        out.end(nested);
        if (!rule.comment().isEmpty()) {
            byte[] text = (rule.comment() + '\0').getBytes(StandardCharsets.UTF_8);
            out.attribute(7, note(0, text));
        }
        out.end();
        return this;
    }

    /** A note for the nft tool: kind, length, bytes. */
    private static byte[] note(int kind, byte[] bytes) {
        return ByteBuffer.allocate(2 + bytes.length)
                .put((byte) kind)
                .put((byte) bytes.length)
                .put(bytes)
                .array();
    }

    /** Makes a counter, at 0; where it is there, it goes on. */
    public Transaction addCounter(String name) {
        message(NEW_OBJECT, MessageWriter.CREATE)
                .attribute(1, table.name())
                .attribute(2, name)
                .bigAttribute(3, COUNTER);
        long data = out.nest(4);
        out.bigAttribute(1, 0L).bigAttribute(2, 0L);
        out.end(data);
        out.end();
        return this;
    }

    /** Makes a set or map; it may be there when it is the same. */
    public Transaction add(NamedSet set) {
        message(NEW_SET, MessageWriter.CREATE)
                .attribute(1, table.name())
                .attribute(2, set.name())
                .bigAttribute(3, set.flags())
                .bigAttribute(4, Field.type(set.key()))
                .bigAttribute(5, Field.width(set.key()));
        switch (set.content()) {
            case NamedSet.Content.Keys _ -> {}
            case NamedSet.Content.Data(List<Field> fields) ->
                out.bigAttribute(6, Field.type(fields)).bigAttribute(7, Field.width(fields));
            case NamedSet.Content.Verdicts _ -> out.bigAttribute(6, DATA_VERDICT);
        }
        describe(set);
        out.bigAttribute(10, ++setId).attribute(13, byteOrders(set)).end();
        return this;
    }

    private void describe(NamedSet set) {
        boolean fields = set.intervals() && set.key().size() > 1;
        if (set.size() == 0 && !fields) {
            return;
        }
        long description = out.nest(9);
        if (set.size() > 0) {
            out.bigAttribute(1, set.size());
        }
        if (fields) {
            long list = out.nest(2);
            for (Field field : set.key()) {
                long element = out.nest(1);
                out.bigAttribute(1, field.length());
                out.end(element);
            }
            out.end(list);
        }
        out.end(description);
    }

    /** Without these the nft tool guesses, and prints numbers of several bytes the wrong way round. */
    private static byte[] byteOrders(NamedSet set) {
        byte[] key = note(0, Bytes.mark(set.key().getFirst().order()).array());
        if (!(set.content() instanceof NamedSet.Content.Data(List<Field> fields))) {
            return key;
        }
        byte[] data = note(1, Bytes.mark(fields.getFirst().order()).array());
        return ByteBuffer.allocate(key.length + data.length).put(key).put(data).array();
    }

    /** Removes a set that no rule uses, with its elements. */
    public Transaction deleteSet(String set) {
        message(DELETE_SET, 0).attribute(1, table.name()).attribute(2, set).end();
        return this;
    }

    /** Puts an element into a set or map. */
    public Transaction put(String set, Element element) {
        element(NEW_ELEMENTS, set, element, 0);
        return this;
    }

    /** Puts an element into a set that rules fill, for the time that is left to it; without a counter. */
    public Transaction put(String set, Element.Timed element) {
        element(NEW_ELEMENTS, set, element.element(), element.left());
        return this;
    }

    /** Takes the element with this key out; its data does not matter. */
    public Transaction remove(String set, Element element) {
        element(DELETE_ELEMENTS, set, element, 0);
        return this;
    }

    /** Takes every element out. */
    public Transaction clearSet(String set) {
        message(DELETE_ELEMENTS, 0).attribute(1, table.name()).attribute(2, set).end();
        return this;
    }

    private void element(int type, String set, Element element, long milliseconds) {
        Elements list = open;
        if (list != null && (list.type != type || !list.set.equals(set) || out.since(list.list) > LIST_LIMIT)) {
            endElements();
            list = null;
        }
        if (list == null) {
            header(type, type == NEW_ELEMENTS ? MessageWriter.CREATE : 0)
                    .attribute(1, table.name())
                    .attribute(2, set);
            list = new Elements(set, type, out.nest(3));
            open = list;
        }
        changes++;
        write(type, element, milliseconds);
    }

    private void write(int type, Element element, long milliseconds) {
        long nested = out.nest(1);
        ExpressionWriter.value(out, ElementReader.KEY, element.key());
        if (type == NEW_ELEMENTS) {
            if (element.data() != null) {
                ExpressionWriter.value(out, ElementReader.DATA, element.data());
            } else if (element.verdict() != null) {
                ExpressionWriter.verdict(out, ElementReader.DATA, element.verdict());
            }
        }
        if (element.to() != null) {
            ExpressionWriter.value(out, ElementReader.KEY_END, element.to());
        }
        if (milliseconds > 0) {
            out.bigAttribute(ElementReader.TIMEOUT, milliseconds);
        }
        out.end(nested);
    }

    private void endElements() {
        Elements list = open;
        if (list != null) {
            out.end(list.list);
            out.end();
            open = null;
        }
    }
}
