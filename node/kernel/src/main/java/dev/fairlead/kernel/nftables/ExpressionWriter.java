// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import dev.fairlead.kernel.message.MessageWriter;

/** Instructions as the kernel reads them: a name, and attributes of its own for each. */
final class ExpressionWriter {
    /** NFT_REG32_00; the sixteen registers of 4 bytes follow. */
    static final int FIRST_REGISTER = 8;

    static final int VERDICT_REGISTER = 0;
    static final int RANDOM = 1;
    static final int DESTINATION = 1;
    static final int FULLY_RANDOM = 0x10;
    private static final int OUTPUT_LINK = 1; // NFT_FIB_RESULT_OIF
    private static final int PRESENCE_BY_DESTINATION = 1 << 1 | 1 << 5; // NFTA_FIB_F_DADDR, NFTA_FIB_F_PRESENT
    static final int INVERTED = 1;
    static final int TCP_RESET = 1;
    static final int ICMP_OF_FAMILY = 2;
    static final int PORT_UNREACHABLE = 1;

    static final int SET_EXPRESSION = 7;

    private static final byte[] ORIGINAL = {0};
    private static final int ELEMENT = 1;
    private static final int NAME = 1;
    private static final int DATA = 2;
    private static final int VALUE = 1;
    private static final int VERDICT = 2;
    private static final int CODE = 1;
    private static final int CHAIN = 2;

    private final MessageWriter out;

    ExpressionWriter(MessageWriter out) {
        this.out = out;
    }

    void write(Expression expression) {
        expression(ELEMENT, expression);
    }

    private void expression(int attribute, Expression expression) {
        long element = out.nest(attribute);
        out.attribute(NAME, name(expression));
        long data = out.nest(DATA);
        arguments(expression);
        out.end(data);
        out.end(element);
    }

    private static String name(Expression expression) {
        return switch (expression) {
            case Expression.Payload _ -> "payload";
            case Expression.LoadMeta _, Expression.StoreMeta _ -> "meta";
            case Expression.LoadConnection _, Expression.StoreConnection _ -> "ct";
            case Expression.IsIn _, Expression.IsNotIn _, Expression.Look _, Expression.Follow _ -> "lookup";
            case Expression.Compare _ -> "cmp";
            case Expression.Bits _ -> "bitwise";
            case Expression.Load _, Expression.Decide _ -> "immediate";
            case Expression.RandomNumber _ -> "numgen";
            case Expression.DestinationNat _ -> "nat";
            case Expression.Masquerade _ -> "masq";
            case Expression.Reject _ -> "reject";
            case Expression.UpdateSet _ -> "dynset";
            case Expression.LoadSocket _ -> "socket";
            case Expression.TransparentProxy _ -> "tproxy";
            case Expression.LoadReachable _ -> "fib";
            case Expression.Counter _ -> "counter";
            case Expression.CountBy _ -> "objref";
        };
    }

    private void arguments(Expression expression) {
        switch (expression) {
            case Expression.Payload(Expression.Payload.Base base, int offset, int length, int into) ->
                register(1, into)
                        .bigAttribute(2, base.number())
                        .bigAttribute(3, offset)
                        .bigAttribute(4, length);
            case Expression.LoadMeta(Expression.Meta key, int into) ->
                register(1, into).bigAttribute(2, key.number());
            case Expression.StoreMeta(Expression.Meta key, int from) ->
                register(3, from).bigAttribute(2, key.number());
            case Expression.LoadConnection(Expression.Connection key, int into) -> {
                register(1, into).bigAttribute(2, key.number());
                if (key.directed()) {
                    out.attribute(3, ORIGINAL);
                }
            }
            case Expression.StoreConnection(Expression.Connection key, int from) ->
                register(4, from).bigAttribute(2, key.number());
            case Expression.IsIn(String set, int from) -> lookup(set, from);
            case Expression.IsNotIn(String set, int from) -> lookup(set, from).bigAttribute(5, INVERTED);
            case Expression.Look(String map, int from, int into) -> {
                lookup(map, from);
                register(3, into);
            }
            case Expression.Follow(String map, int from) -> lookup(map, from).bigAttribute(3, VERDICT_REGISTER);
            case Expression.Compare(int from, boolean equal, Bytes bytes) -> {
                register(1, from).bigAttribute(2, equal ? 0 : 1);
                value(out, 3, bytes);
            }
            case Expression.Bits(int from, int into, Bytes mask, Bytes flip) -> {
                register(1, from);
                register(2, into).bigAttribute(3, mask.length());
                value(out, 4, mask);
                value(out, 5, flip);
            }
            case Expression.Load(int into, Bytes bytes) -> {
                register(1, into);
                value(out, 2, bytes);
            }
            case Expression.Decide(Verdict verdict) -> {
                out.bigAttribute(1, VERDICT_REGISTER);
                verdict(out, 2, verdict);
            }
            case Expression.RandomNumber(int into, int modulus) ->
                register(1, into)
                        .bigAttribute(2, modulus)
                        .bigAttribute(3, RANDOM)
                        .bigAttribute(4, 0);
            case Expression.DestinationNat(Family family, int address, int port) -> {
                out.bigAttribute(1, DESTINATION).bigAttribute(2, family.number());
                register(3, address);
                register(5, port);
            }
            case Expression.Masquerade(boolean fullyRandom) -> {
                if (fullyRandom) {
                    out.bigAttribute(1, FULLY_RANDOM);
                }
            }
            case Expression.Reject(boolean reset) ->
                out.bigAttribute(1, reset ? TCP_RESET : ICMP_OF_FAMILY)
                        .attribute(2, new byte[] {reset ? 0 : (byte) PORT_UNREACHABLE});
            case Expression.UpdateSet update -> update(update);
            case Expression.LoadSocket(Expression.Socket key, int into) -> {
                out.bigAttribute(1, key.number());
                register(2, into);
            }
            case Expression.TransparentProxy(Family family, int address, int port) -> {
                out.bigAttribute(1, family.number());
                if (address != Expression.TransparentProxy.NONE) {
                    register(2, address);
                }
                register(3, port);
            }
            case Expression.LoadReachable(int into) ->
                register(1, into).bigAttribute(2, OUTPUT_LINK).bigAttribute(3, PRESENCE_BY_DESTINATION);
            case Expression.CountBy(String counter) ->
                out.bigAttribute(1, Transaction.COUNTER).attribute(2, counter);
            case Expression.Counter(long packets, long bytes) ->
                out.bigAttribute(1, bytes).bigAttribute(2, packets);
        }
    }

    private MessageWriter lookup(String set, int from) {
        out.attribute(1, set);
        return register(2, from);
    }

    private void update(Expression.UpdateSet update) {
        out.attribute(1, update.set()).bigAttribute(3, update.change().number());
        register(4, update.key());
        if (update.data() >= 0) {
            register(5, update.data());
        }
        if (!update.timeout().isZero()) {
            out.bigAttribute(6, update.timeout().toMillis());
        }
        if (update.counted()) {
            expression(SET_EXPRESSION, new Expression.Counter(0, 0));
        }
    }

    private MessageWriter register(int attribute, int register) {
        return out.bigAttribute(attribute, FIRST_REGISTER + register);
    }

    /** NFTA_DATA_VALUE within an attribute. */
    static void value(MessageWriter out, int attribute, Bytes bytes) {
        long nested = out.nest(attribute);
        out.attribute(VALUE, bytes.array());
        out.end(nested);
    }

    /** NFTA_DATA_VERDICT within an attribute. */
    static void verdict(MessageWriter out, int attribute, Verdict verdict) {
        long data = out.nest(attribute);
        long nested = out.nest(VERDICT);
        out.bigAttribute(CODE, verdict.code());
        if (!verdict.target().isEmpty()) {
            out.attribute(CHAIN, verdict.target());
        }
        out.end(nested);
        out.end(data);
    }
}
