// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

/** The signals sent to pods. Numbers: {@code asm-generic/signal.h}, the same on x86-64 and AArch64. */
public enum Signal {
    HUP(1),
    INT(2),
    QUIT(3),
    KILL(9),
    USR1(10),
    USR2(12),
    TERM(15),
    CONT(18),
    STOP(19);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
