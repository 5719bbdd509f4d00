// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom a socket hears: packets of all others are discarded by the kernel before anything answers them. On a listening
 * socket that is the first packet of a connection, so a stranger gets no answer at all; accepted connections inherit the
 * filter of the moment, which lets them go on. Needs no privilege.
 *
 * <p><b>How this works.</b> A program for the kernel's classic packet filter. It keeps the words of the source address in
 * the filter's memory, then for each list tries one block after another:
 *
 * <pre>
 * list 1:  address &amp; mask == block?  → list 2      list 2:  …  → accept
 *          next block                              next block
 *          discard                                 discard
 * </pre>
 *
 * <p>Sources: {@code uapi/linux/filter.h}, {@code uapi/linux/bpf_common.h}, Documentation/networking/filter.rst.
 */
public final class SourceFilter {
    private static final int MOST = 4096; // BPF_MAXINSNS
    private static final int LOAD_PACKET = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int LOAD_MEMORY = 0x60; // BPF_LD | BPF_MEM
    private static final int STORE = 0x02; // BPF_ST
    private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
    private static final int IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int GO = 0x05; // BPF_JMP | BPF_JA
    private static final int RETURN = 0x06; // BPF_RET | BPF_K
    private static final int NETWORK_HEADER = -0x100000; // SKF_NET_OFF
    private static final int WHOLE_PACKET = -1;

    private final MemorySegment program;
    private final MemorySegment reference;

    /** A block of addresses. */
    public record Block(InetAddress base, int prefix) {}

    private record Instruction(int code, int ifNot, int value) {}

    private SourceFilter(List<Instruction> instructions) {
        Arena arena = Arena.ofAuto();
        program = arena.allocate(instructions.size() * 8L, 8); // struct sock_filter {u16 code; u8 jt, jf; u32 k}
        for (int i = 0; i < instructions.size(); i++) {
            Instruction each = instructions.get(i);
            program.set(ValueLayout.JAVA_SHORT, i * 8L, (short) each.code);
            program.set(ValueLayout.JAVA_BYTE, i * 8L + 3, (byte) each.ifNot);
            program.set(ValueLayout.JAVA_INT, i * 8L + 4, each.value);
        }
        reference = arena.allocate(16, 8); // struct sock_fprog {u16 len; struct sock_filter *filter}
        reference.set(ValueLayout.JAVA_SHORT, 0, (short) instructions.size());
        reference.set(ValueLayout.JAVA_LONG, 8, program.address());
    }

    /**
     * Hears whom every list names, in some block.
     *
     * @param v6 whether the socket is one of IPv6; blocks of the other family are passed over
     * @throws IllegalArgumentException when there are more blocks than a filter holds (about 1,000 of IPv4)
     */
    public static SourceFilter of(boolean v6, List<List<Block>> lists) {
        int words = v6 ? 4 : 1;
        List<Instruction> all = new ArrayList<>();
        for (int word = 0; word < words; word++) {
            all.add(new Instruction(LOAD_PACKET, 0, NETWORK_HEADER + (v6 ? 8 : 12) + 4 * word));
            all.add(new Instruction(STORE, 0, word));
        }
        for (List<Block> list : lists) {
            all.addAll(anyOf(
                    list.stream()
                            .filter(block -> block.base().getAddress().length == 4 * words)
                            .toList(),
                    words));
        }
        all.add(new Instruction(RETURN, 0, WHOLE_PACKET));
        if (all.size() > MOST) {
            throw new IllegalArgumentException("a filter of " + all.size() + " steps; the kernel takes " + MOST);
        }
        return new SourceFilter(all);
    }

    /** Goes to what follows if a block matches, else discards. */
    private static List<Instruction> anyOf(List<Block> blocks, int words) {
        List<List<Instruction>> tests =
                blocks.stream().map(block -> test(block, words)).toList();
        int rest = tests.stream().mapToInt(test -> test.size() + 1).sum() + 1;
        List<Instruction> all = new ArrayList<>(rest);
        for (List<Instruction> test : tests) {
            all.addAll(test);
            rest -= test.size() + 1;
            all.add(new Instruction(GO, 0, rest));
        }
        all.add(new Instruction(RETURN, 0, 0));
        return all;
    }

    /** Falls through if the address is in the block, else jumps behind the instruction that follows. */
    private static List<Instruction> test(Block block, int words) {
        ByteBuffer base = ByteBuffer.wrap(block.base().getAddress());
        List<Instruction> test = new ArrayList<>();
        for (int word = 0; word < words; word++) {
            int bits = Math.clamp(block.prefix() - 32L * word, 0, 32);
            int mask = bits == 0 ? 0 : -1 << (32 - bits);
            if (bits > 0) {
                test.add(new Instruction(LOAD_MEMORY, 0, word));
                test.add(new Instruction(AND, 0, mask));
                test.add(new Instruction(IF_EQUAL, 0, base.getInt(4 * word) & mask));
            }
        }
        for (int i = 2; i < test.size(); i += 3) {
            test.set(i, new Instruction(IF_EQUAL, test.size() - i, test.get(i).value));
        }
        return test;
    }

    /** Where the kernel reads it: a struct sock_fprog. */
    MemorySegment reference() {
        return reference;
    }
}
