// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import java.util.Locale;

/**
 * The registers of 64 bits. A call takes R1 to R5 and forgets them, and answers in R0; R6 to R9 survive calls; R10 is the end
 * of 512 bytes of stack, below it, and cannot be changed. A program starts with its context in R1 and ends with its result in
 * R0.
 */
public enum Register {
    R0(0),
    R1(1),
    R2(2),
    R3(3),
    R4(4),
    R5(5),
    R6(6),
    R7(7),
    R8(8),
    R9(9),
    R10(10);

    private final int number;

    Register(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** Lower case: {@code r1}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
