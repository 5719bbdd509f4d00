// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import dev.fairlead.kernel.bpf.Instruction.Computation;
import dev.fairlead.kernel.bpf.Instruction.Condition;
import dev.fairlead.kernel.bpf.Instruction.Operand;
import dev.fairlead.kernel.bpf.Instruction.Width;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a program line by line.
 *
 * <pre>{@code
 * Program refuse = new Assembler()
 *         .load(Width.WORD, R1, R1, 24)              // the port, in network order
 *         .jumpIf(R1, Condition.EQUAL, 0x5000, "no")
 *         .set(R0, 1)
 *         .exit()
 *         .label("no")
 *         .set(R0, 0)
 *         .exit()
 *         .program("refuse80", Hook.CONNECT4);
 * }</pre>
 */
public final class Assembler {
    private final List<Instruction> instructions = new ArrayList<>();

    /** Any instruction. */
    public Assembler add(Instruction instruction) {
        instructions.add(instruction);
        return this;
    }

    public Assembler set(Register target, Register from) {
        return compute(target, Computation.MOVE, from);
    }

    public Assembler set(Register target, int number) {
        return compute(target, Computation.MOVE, number);
    }

    /** All 64 bits. */
    public Assembler setLong(Register target, long number) {
        return add(new Instruction.LoadLong(target, number));
    }

    /** The map of that name, as an argument of a call. */
    public Assembler setMap(Register target, String map) {
        return add(new Instruction.LoadMap(target, map));
    }

    /** An address on the stack: {@code r2 = r10 - 24}. */
    public Assembler setStack(Register target, int offset) {
        return set(target, Register.R10).compute(target, Computation.ADD, offset);
    }

    public Assembler compute(Register target, Computation computation, Register with) {
        return add(new Instruction.Compute(computation, target, new Operand.Of(with)));
    }

    public Assembler compute(Register target, Computation computation, int with) {
        return add(new Instruction.Compute(computation, target, new Operand.Constant(with)));
    }

    /** Reads from {@code offset} bytes behind what {@code base} points to; the same with stores. */
    public Assembler load(Width width, Register target, Register base, int offset) {
        return add(new Instruction.Load(width, target, base, offset));
    }

    public Assembler store(Width width, Register base, int offset, Register from) {
        return add(new Instruction.Store(width, base, offset, new Operand.Of(from)));
    }

    public Assembler store(Width width, Register base, int offset, int number) {
        return add(new Instruction.Store(width, base, offset, new Operand.Constant(number)));
    }

    /** Adds to 8 bytes, {@code offset} bytes behind what {@code base} points to, so that no other processor's sum is lost. */
    public Assembler addAtOnce(Register base, int offset, Register from) {
        return add(new Instruction.AddAtOnce(base, offset, from));
    }

    public Assembler call(KernelFunction helper) {
        return add(new Instruction.Call(helper));
    }

    public Assembler jumpIf(Register register, Condition condition, int number, String label) {
        return add(new Instruction.Jump(condition, register, new Operand.Constant(number), label));
    }

    public Assembler jumpIf(Register register, Condition condition, Register other, String label) {
        return add(new Instruction.Jump(condition, register, new Operand.Of(other), label));
    }

    public Assembler jump(String label) {
        return add(new Instruction.Jump(null, Register.R0, new Operand.Constant(0), label));
    }

    /** Here; each name once. */
    public Assembler label(String name) {
        return add(new Instruction.Label(name));
    }

    public Assembler exit() {
        return add(new Instruction.Exit());
    }

    /**
     * What was written.
     *
     * @param name for the kernel's lists: letters, digits, dots and underscores, at most 15
     */
    public Program program(String name, Hook hook) {
        return new Program(name, hook, instructions);
    }
}
