// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import dev.fairlead.kernel.bpf.Instruction.Operand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A program as a value, for one hook. Its jumps lead to labels of its own, each of which is there once.
 *
 * @param name for the kernel's lists: letters, digits, dots and underscores, at most 15
 */
public record Program(String name, Hook hook, List<Instruction> instructions) {
    private static final int SOURCE_IS_REGISTER = 0x08;
    private static final int ARITHMETIC = 0x07;
    private static final int LOAD = 0x61;
    private static final int STORE_NUMBER = 0x62;
    private static final int STORE_REGISTER = 0x63;
    private static final int ADD_AT_ONCE = 0xdb; // BPF_STX | BPF_ATOMIC | BPF_DW, with BPF_ADD as the number
    private static final int LOAD_LONG = 0x18;
    private static final Register MAP_BY_DESCRIPTOR = Register.R1; // where others have a source
    private static final int JUMP = 0x05;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;

    public Program {
        instructions = List.copyOf(instructions);
        if (!name.matches("[A-Za-z0-9_.]{1,15}")) {
            throw new IllegalArgumentException("a program's name has 1 to 15 letters, digits, dots and _: " + name);
        }
        Map<String, Integer> labels = labels(instructions);
        for (Instruction instruction : instructions) {
            if (instruction instanceof Instruction.Jump jump && !labels.containsKey(jump.label())) {
                throw new IllegalArgumentException(name + " has no label " + jump.label());
            }
        }
    }

    /** Where each label is, in times of 8 bytes. */
    private static Map<String, Integer> labels(List<Instruction> instructions) {
        Map<String, Integer> labels = new HashMap<>();
        int at = 0;
        for (Instruction instruction : instructions) {
            if (instruction instanceof Instruction.Label label && labels.put(label.name(), at) != null) {
                throw new IllegalArgumentException("the label " + label.name() + " is there twice");
            }
            at += instruction.slots();
        }
        return labels;
    }

    /** The names of its maps, sorted. */
    public Set<String> maps() {
        Set<String> maps = new TreeSet<>();
        for (Instruction instruction : instructions) {
            if (instruction instanceof Instruction.LoadMap load) {
                maps.add(load.map());
            }
        }
        return maps;
    }

    /**
     * As the kernel wants it, each element 8 bytes.
     *
     * @param descriptors of the maps, by their names
     */
    public long[] encoded(Map<String, Integer> descriptors) {
        Map<String, Integer> labels = labels(instructions);
        long[] code =
                new long[instructions.stream().mapToInt(Instruction::slots).sum()];
        int at = 0;
        for (Instruction instruction : instructions) {
            switch (instruction) {
                case Instruction.Compute compute ->
                    code[at] =
                            operand(ARITHMETIC | compute.computation().code, compute.target(), compute.operand(), 0, 0);
                case Instruction.Load load ->
                    code[at] = raw(LOAD | load.width().code, load.target(), load.base(), load.offset(), 0);
                case Instruction.Store store -> code[at] = store(store);
                case Instruction.AddAtOnce(Register base, int offset, Register from) ->
                    code[at] = raw(ADD_AT_ONCE, base, from, offset, 0);
                case Instruction.LoadLong(Register target, long value) -> {
                    code[at] = raw(LOAD_LONG, target, Register.R0, 0, (int) value);
                    code[at + 1] = value & 0xffff_ffff_0000_0000L;
                }
                case Instruction.LoadMap(Register target, String map) ->
                    code[at] = raw(LOAD_LONG, target, MAP_BY_DESCRIPTOR, 0, of(descriptors, map));
                case Instruction.Call call ->
                    code[at] =
                            raw(CALL, Register.R0, Register.R0, 0, call.helper().number());
                case Instruction.Jump jump -> code[at] = jump(jump, of(labels, jump.label()) - at - 1);
                case Instruction.Exit _ -> code[at] = raw(EXIT, Register.R0, Register.R0, 0, 0);
                case Instruction.Label _ -> {}
            }
            at += instruction.slots();
        }
        return code;
    }

    private static long store(Instruction.Store store) {
        int width = store.width().code;
        return switch (store.operand()) {
            case Operand.Of(Register from) -> raw(STORE_REGISTER | width, store.base(), from, store.offset(), 0);
            case Operand.Constant(int value) ->
                raw(STORE_NUMBER | width, store.base(), Register.R0, store.offset(), value);
        };
    }

    private static long jump(Instruction.Jump jump, int distance) {
        Instruction.Condition condition = jump.condition();
        return condition == null
                ? raw(JUMP, Register.R0, Register.R0, distance, 0)
                : operand(JUMP | condition.code, jump.register(), jump.operand(), distance, 0);
    }

    private static long operand(int code, Register target, Operand operand, int offset, int otherwise) {
        return switch (operand) {
            case Operand.Of(Register from) -> raw(code | SOURCE_IS_REGISTER, target, from, offset, otherwise);
            case Operand.Constant(int value) -> raw(code, target, Register.R0, offset, value);
        };
    }

    private static long raw(int code, Register target, Register source, int offset, int number) {
        if (offset != (short) offset) {
            throw new IllegalArgumentException("an offset of " + offset + " does not fit 16 bits");
        }
        return code
                | (long) target.number() << 8
                | (long) source.number() << 12
                | (offset & 0xffffL) << 16
                | (long) number << 32;
    }

    private static int of(Map<String, Integer> numbers, String name) {
        Integer number = numbers.get(name);
        if (number == null) {
            throw new IllegalArgumentException("nobody said what " + name + " is");
        }
        return number;
    }

    /** For people: one line an instruction, numbered as the kernel's log numbers them. */
    public String listing() {
        StringBuilder text = new StringBuilder(name).append(" at ").append(hook).append('\n');
        int at = 0;
        for (Instruction instruction : instructions) {
            if (instruction instanceof Instruction.Label) {
                text.append(instruction);
            } else {
                text.append("%5d  %s".formatted(at, instruction));
            }
            text.append('\n');
            at += instruction.slots();
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return listing();
    }
}
