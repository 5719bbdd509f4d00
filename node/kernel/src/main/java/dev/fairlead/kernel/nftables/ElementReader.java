// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import dev.fairlead.kernel.message.Attributes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A list of elements (NFTA_SET_ELEM_LIST_ELEMENTS), read in place: a table has hundreds of thousands, and all of them are
 * read when it is taken over.
 */
final class ElementReader {
    static final int KEY = 1;
    static final int DATA = 2;
    static final int TIMEOUT = 4;
    static final int EXPIRATION = 5;
    static final int EXPRESSION = 7;
    static final int KEY_END = 10;

    private static final int VALUE = 1;
    private static final int HEADER = 4;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfLong BIG_LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment list;

    ElementReader(MemorySegment list) {
        this.list = list;
    }

    void forEach(Consumer<Element.Timed> consumer) {
        for (long at = 0; at + HEADER <= list.byteSize(); at = next(at)) {
            consumer.accept(element(at + HEADER, at + length(at)));
        }
    }

    private Element.Timed element(long from, long end) {
        Bytes key = null;
        Bytes to = null;
        Bytes data = null;
        Verdict verdict = null;
        long left = 0;
        long packets = 0;
        for (long at = from; at + HEADER <= end; at = next(at)) {
            switch (type(at)) {
                case KEY -> key = value(at);
                case KEY_END -> to = value(at);
                case EXPIRATION -> left = list.get(BIG_LONG, at + HEADER);
                case EXPRESSION -> {
                    if (ExpressionReader.read(attributes(at)) instanceof Expression.Counter counter) {
                        packets = counter.packets();
                    }
                }
                case DATA -> {
                    data = value(at);
                    if (data == null) {
                        verdict = ExpressionReader.verdict(attributes(at));
                    }
                }
                default -> {}
            }
        }
        if (key == null) {
            throw new IllegalStateException("the kernel gave an element without a key");
        }
        return new Element.Timed(new Element(key, to, data, verdict), left, packets);
    }

    private Attributes attributes(long within) {
        return new Attributes(list.asSlice(within + HEADER, length(within) - (long) HEADER));
    }

    /** The bytes of NFTA_DATA_VALUE within the attribute; null when it holds a verdict. */
    private @Nullable Bytes value(long attribute) {
        long at = attribute + HEADER;
        return type(at) == VALUE ? Bytes.of(list.asSlice(at + HEADER, length(at) - (long) HEADER)) : null;
    }

    private int type(long attribute) {
        return list.get(SHORT, attribute + 2) & 0x3fff;
    }

    /** At least that of its header, so that reading goes on. */
    private int length(long attribute) {
        return Math.max(HEADER, list.get(SHORT, attribute) & 0xffff);
    }

    private long next(long attribute) {
        return attribute + (length(attribute) + 3 & ~3);
    }
}
