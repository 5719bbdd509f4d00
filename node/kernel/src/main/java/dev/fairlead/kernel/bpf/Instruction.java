// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import org.jspecify.annotations.Nullable;

/**
 * One line of a program, as a value. Encoded into 8 bytes ({@code struct bpf_insn}: code, registers, offset, number), but a
 * long number takes 16 and a label none. Source: RFC 9669.
 */
public sealed interface Instruction {
    /** What is compared, computed with or stored: a register, or a number of 32 bits that is extended with its sign. */
    sealed interface Operand {
        /** A register's content. */
        record Of(Register register) implements Operand {
            @Override
            public String toString() {
                return register.toString();
            }
        }

        /** A number. */
        record Constant(int value) implements Operand {
            @Override
            public String toString() {
                return Integer.toString(value);
            }
        }
    }

    /** How many bytes are read or written. */
    enum Width {
        BYTE(0x10, "u8"),
        HALF(0x08, "u16"),
        WORD(0x00, "u32"),
        LONG(0x18, "u64");

        final int code;
        final String text;

        Width(int code, String text) {
            this.code = code;
            this.text = text;
        }
    }

    /** What is computed, in 64 bits; all but MOVE take the target as the left side. */
    enum Computation {
        ADD(0x00, "+="),
        SUBTRACT(0x10, "-="),
        MULTIPLY(0x20, "*="),
        OR(0x40, "|="),
        AND(0x50, "&="),
        SHIFT_LEFT(0x60, "<<="),
        SHIFT_RIGHT(0x70, ">>="),
        REMAINDER(0x90, "%="),
        MOVE(0xb0, "=");

        final int code;
        final String text;

        Computation(int code, String text) {
            this.code = code;
            this.text = text;
        }
    }

    /** When a jump is taken; numbers are compared in 64 bits, without signs. */
    enum Condition {
        EQUAL(0x10, "=="),
        GREATER(0x20, ">"),
        SET(0x40, "&"),
        NOT_EQUAL(0x50, "!="),
        LESS(0xa0, "<");

        final int code;
        final String text;

        Condition(int code, String text) {
            this.code = code;
            this.text = text;
        }
    }

    /** {@code r1 += 4}. */
    record Compute(Computation computation, Register target, Operand operand) implements Instruction {
        @Override
        public String toString() {
            return target + " " + computation.text + " " + operand;
        }
    }

    /** {@code r1 = u32[r6 + 24]}. */
    record Load(Width width, Register target, Register base, int offset) implements Instruction {
        @Override
        public String toString() {
            return target + " = " + at(width, base, offset);
        }
    }

    /** {@code u32[r10 - 8] = r1}. */
    record Store(Width width, Register base, int offset, Operand operand) implements Instruction {
        @Override
        public String toString() {
            return at(width, base, offset) + " = " + operand;
        }
    }

    /** {@code u64[r0 + 0] += r1}, as one step for all processors. */
    record AddAtOnce(Register base, int offset, Register from) implements Instruction {
        @Override
        public String toString() {
            return at(Width.LONG, base, offset) + " += " + from + " (at once)";
        }
    }

    /** {@code r1 = 0x1234 (64 bits)}. */
    record LoadLong(Register target, long value) implements Instruction {
        @Override
        public String toString() {
            return target + " = 0x" + Long.toHexString(value) + " (64 bits)";
        }
    }

    /** {@code r1 = map services}. */
    record LoadMap(Register target, String map) implements Instruction {
        @Override
        public String toString() {
            return target + " = map " + map;
        }
    }

    /** {@code call map_lookup}. */
    record Call(KernelFunction helper) implements Instruction {
        @Override
        public String toString() {
            return "call " + helper;
        }
    }

    /** {@code if r0 == 0 goto out}; without a condition always. */
    record Jump(@Nullable Condition condition, Register register, Operand operand, String label)
            implements Instruction {
        @Override
        public String toString() {
            return (condition == null ? "" : "if " + register + " " + condition.text + " " + operand + " ") + "goto "
                    + label;
        }
    }

    /** A place to jump to. */
    record Label(String name) implements Instruction {
        @Override
        public String toString() {
            return name + ":";
        }
    }

    /** The end: R0 is the result. */
    record Exit() implements Instruction {
        @Override
        public String toString() {
            return "exit";
        }
    }

    /** How many times 8 bytes it takes. */
    default int slots() {
        return switch (this) {
            case Label _ -> 0;
            case LoadLong _, LoadMap _ -> 2;
            case Compute _, Load _, Store _, AddAtOnce _, Call _, Jump _, Exit _ -> 1;
        };
    }

    private static String at(Width width, Register base, int offset) {
        return width.text + "[" + base + (offset < 0 ? " - " : " + ") + Math.abs(offset) + "]";
    }
}
