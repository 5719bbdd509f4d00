// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a part of a key, or of a map's data, means. The kernel needs the lengths only; the numbers are how the {@code nft}
 * tool knows what to print.
 */
public enum Field {
    IPV4_ADDRESS(7, 4, true),
    IPV6_ADDRESS(8, 16, true),
    /** TCP, UDP, SCTP … */
    PROTOCOL(12, 1, true),
    PORT(13, 2, true),
    /** 32 bits in the machine's order. */
    MARK(19, 4, false);

    private static final int BITS = 6;
    private static final int MASK = (1 << BITS) - 1;

    private final int number;
    private final int length;
    private final boolean bigEndian;

    Field(int number, int length, boolean bigEndian) {
        this.number = number;
        this.length = length;
        this.bigEndian = bigEndian;
    }

    /** Bytes without padding. */
    public int length() {
        return length;
    }

    /** Bytes in a concatenation and in registers. */
    public int padded() {
        return (length + 3) & ~3;
    }

    /** BYTEORDER_BIG_ENDIAN or BYTEORDER_HOST_ENDIAN of the nft tool. */
    int order() {
        return bigEndian ? 2 : 1;
    }

    static int width(List<Field> fields) {
        return fields.size() == 1
                ? fields.getFirst().length
                : fields.stream().mapToInt(Field::padded).sum();
    }

    static int type(List<Field> fields) {
        int type = 0;
        for (Field field : fields) {
            type = type << BITS | field.number;
        }
        return type;
    }

    static List<Field> ofType(int type) {
        List<Field> fields = new ArrayList<>();
        for (int rest = type; rest != 0; rest >>>= BITS) {
            int number = rest & MASK;
            for (Field field : values()) {
                if (field.number == number) {
                    fields.add(field);
                }
            }
        }
        Collections.reverse(fields);
        return List.copyOf(fields);
    }
}
