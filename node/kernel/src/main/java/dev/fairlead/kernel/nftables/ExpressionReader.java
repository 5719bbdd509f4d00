// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import dev.fairlead.kernel.message.Attributes;
import java.time.Duration;

/** Instructions as the kernel dumps them; the other direction of {@link ExpressionWriter}. */
final class ExpressionReader {
    private ExpressionReader() {}

    /** @throws IllegalArgumentException for an instruction that is none of ours */
    static Expression read(Attributes element) {
        String name = element.text(1);
        Attributes data = element.nested(2);
        return switch (name) {
            case "payload" ->
                new Expression.Payload(
                        Numbered.of(Expression.Payload.Base.class, data.big(2)),
                        data.big(3),
                        data.big(4),
                        register(data, 1));
            case "meta" -> meta(data);
            case "ct" -> connection(data);
            case "lookup" -> lookup(data);
            case "cmp" -> new Expression.Compare(register(data, 1), data.big(2) == 0, value(data, 3));
            case "bitwise" -> new Expression.Bits(register(data, 1), register(data, 2), value(data, 4), value(data, 5));
            case "immediate" ->
                data.big(1) == ExpressionWriter.VERDICT_REGISTER
                        ? new Expression.Decide(verdict(data.nested(2)))
                        : new Expression.Load(register(data, 1), value(data, 2));
            case "numgen" -> new Expression.RandomNumber(register(data, 1), data.big(2));
            case "nat" ->
                new Expression.DestinationNat(
                        Numbered.of(Family.class, data.big(2)), register(data, 3), register(data, 5));
            case "masq" -> new Expression.Masquerade((data.big(1) & ExpressionWriter.FULLY_RANDOM) != 0);
            case "reject" -> new Expression.Reject(data.big(1) == ExpressionWriter.TCP_RESET);
            case "dynset" ->
                new Expression.UpdateSet(
                        data.text(1),
                        Numbered.of(Expression.UpdateSet.Change.class, data.big(3)),
                        register(data, 4),
                        data.has(5) ? register(data, 5) : -1,
                        Duration.ofMillis(data.bigLong(6)),
                        data.has(ExpressionWriter.SET_EXPRESSION));
            case "socket" ->
                new Expression.LoadSocket(Numbered.of(Expression.Socket.class, data.big(1)), register(data, 2));
            case "tproxy" ->
                new Expression.TransparentProxy(
                        Numbered.of(Family.class, data.big(1)),
                        data.has(2) ? register(data, 2) : Expression.TransparentProxy.NONE,
                        register(data, 3));
            case "fib" -> new Expression.LoadReachable(register(data, 1));
            case "counter" -> new Expression.Counter(data.bigLong(2), data.bigLong(1));
            case "objref" -> new Expression.CountBy(data.text(2));
            default -> throw new IllegalArgumentException("an instruction " + name);
        };
    }

    private static Expression meta(Attributes data) {
        Expression.Meta key = Numbered.of(Expression.Meta.class, data.big(2));
        return data.has(1)
                ? new Expression.LoadMeta(key, register(data, 1))
                : new Expression.StoreMeta(key, register(data, 3));
    }

    private static Expression connection(Attributes data) {
        Expression.Connection key = Numbered.of(Expression.Connection.class, data.big(2));
        return data.has(1)
                ? new Expression.LoadConnection(key, register(data, 1))
                : new Expression.StoreConnection(key, register(data, 4));
    }

    private static Expression lookup(Attributes data) {
        String set = data.text(1);
        int from = register(data, 2);
        if (!data.has(3)) {
            return (data.big(5) & ExpressionWriter.INVERTED) == 0
                    ? new Expression.IsIn(set, from)
                    : new Expression.IsNotIn(set, from);
        }
        return data.big(3) == ExpressionWriter.VERDICT_REGISTER
                ? new Expression.Follow(set, from)
                : new Expression.Look(set, from, register(data, 3));
    }

    /**
     * The kernel tells the first registers of a 16-byte group by their older numbers: 1 to 4 for ours of 0, 4, 8 and 12.
     */
    private static int register(Attributes data, int attribute) {
        int number = data.big(attribute);
        return number < ExpressionWriter.FIRST_REGISTER ? (number - 1) * 4 : number - ExpressionWriter.FIRST_REGISTER;
    }

    static Bytes value(Attributes data, int attribute) {
        return Bytes.of(data.nested(attribute).bytes(1));
    }

    static Verdict verdict(Attributes data) {
        Attributes verdict = data.nested(2);
        return Verdict.of(verdict.big(1), verdict.text(2));
    }
}
