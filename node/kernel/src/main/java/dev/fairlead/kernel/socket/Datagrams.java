// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.socket;

import dev.fairlead.kernel.syscall.Libc;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A row of datagrams received or sent with one system call (recvmmsg(2), sendmmsg(2)), for one thread.
 *
 * <p>Slot {@code i} holds a buffer, a length, the other side's address, and the address on our side: where a received
 * datagram was sent to (needs {@link SocketOption#PKTINFO_V4} or {@link SocketOption#PKTINFO_V6} on the socket), and from
 * which one is to be sent. To relay a row: receive, look at each slot, change {@link #peer}, send.
 */
public final class Datagrams {
    private static final long RECVMMSG = SystemCall.RECVMMSG.number();
    private static final long SENDMMSG = SystemCall.SENDMMSG.number();
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_TRUNC = 0x20;

    // struct mmsghdr on 64 bits: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48, len 56
    private static final long HEADER = 64;
    private static final long NAME_LENGTH = 8;
    private static final long CONTROL_POINTER = 32;
    private static final long CONTROL_LENGTH = 40;
    private static final long FLAGS = 48;
    private static final long RECEIVED = 56;
    private static final long IOVEC = 16;
    // struct cmsghdr {u64 len; int level; int type} and at most in6_pktinfo {16 bytes; int}, rounded up
    private static final long CONTROL = 64;
    private static final long CONTROL_DATA = 16;
    private static final int IPPROTO_IP = 0;
    private static final int IP_PKTINFO = 8;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_PKTINFO = 50;

    private final int slots;
    private final int size;
    private final MemorySegment state;
    private final MemorySegment headers;
    private final MemorySegment vectors;
    private final MemorySegment controls;
    private final MemorySegment buffers;
    private final SocketAddress[] peers;

    /**
     * Memory for a row of datagrams.
     *
     * @param slots how many, at most 1024 (UIO_MAXIOV)
     * @param size bytes per datagram; longer ones are cut, see {@link #isTruncated}
     */
    public Datagrams(int slots, int size) {
        this.slots = slots;
        this.size = size;
        Arena arena = Arena.ofAuto();
        state = arena.allocate(Libc.CALL_STATE);
        headers = arena.allocate(HEADER * slots, 8);
        vectors = arena.allocate(IOVEC * slots, 8);
        controls = arena.allocate(CONTROL * slots, 8);
        buffers = arena.allocate((long) size * slots, 8);
        MemorySegment names = arena.allocate((long) SocketAddress.SIZE * slots, 8);
        peers = new SocketAddress[slots];
        for (int i = 0; i < slots; i++) {
            MemorySegment name = names.asSlice((long) SocketAddress.SIZE * i, SocketAddress.SIZE);
            peers[i] = new SocketAddress(name);
            headers.set(ValueLayout.JAVA_LONG, i * HEADER, name.address());
            headers.set(ValueLayout.JAVA_LONG, i * HEADER + 16, vectors.address() + i * IOVEC);
            headers.set(ValueLayout.JAVA_LONG, i * HEADER + 24, 1L);
            vectors.set(ValueLayout.JAVA_LONG, i * IOVEC, buffers.address() + (long) i * size);
        }
    }

    public int slots() {
        return slots;
    }

    /** Takes what is there, up to all slots; the count, or -EAGAIN, or another -errno of the socket. */
    public int receive(int fd) {
        for (int i = 0; i < slots; i++) {
            headers.set(ValueLayout.JAVA_INT, i * HEADER + NAME_LENGTH, SocketAddress.SIZE);
            headers.set(ValueLayout.JAVA_LONG, i * HEADER + CONTROL_POINTER, controls.address() + i * CONTROL);
            headers.set(ValueLayout.JAVA_LONG, i * HEADER + CONTROL_LENGTH, CONTROL);
            vectors.set(ValueLayout.JAVA_LONG, i * IOVEC + 8, (long) size);
        }
        int count = (int) SystemCalls.quick(state, RECVMMSG, fd, headers.address(), slots, 0, 0, 0);
        for (int i = 0; i < count; i++) {
            vectors.set(ValueLayout.JAVA_LONG, i * IOVEC + 8, headers.get(ValueLayout.JAVA_INT, i * HEADER + RECEIVED));
        }
        return count;
    }

    /**
     * Sends the slots {@code from} to {@code from + count - 1} as they are: to {@link #peer}, from the local address set
     * by {@link #sendFromV4}, {@link #sendFromV6} or {@link #sendFromAny}; set it anew after every {@link #receive}.
     *
     * @return how many were sent (the next one would have failed), or -errno of the first
     */
    public int send(int fd, int from, int count) {
        java.util.Objects.checkFromIndexSize(from, count, slots);
        for (int i = from; i < from + count; i++) {
            headers.set(ValueLayout.JAVA_INT, i * HEADER + NAME_LENGTH, peers[i].length());
        }
        return (int)
                SystemCalls.quick(state, SENDMMSG, fd, headers.address() + from * HEADER, count, MSG_NOSIGNAL, 0, 0);
    }

    /** Sends slots on a connected socket: no address of either side goes with them. */
    public int sendConnected(int fd, int from, int count) {
        java.util.Objects.checkFromIndexSize(from, count, slots);
        for (int i = from; i < from + count; i++) {
            headers.set(ValueLayout.JAVA_LONG, i * HEADER, 0L);
            headers.set(ValueLayout.JAVA_INT, i * HEADER + NAME_LENGTH, 0);
            sendFromAny(i);
        }
        int sent = (int)
                SystemCalls.quick(state, SENDMMSG, fd, headers.address() + from * HEADER, count, MSG_NOSIGNAL, 0, 0);
        for (int i = from; i < from + count; i++) {
            headers.set(ValueLayout.JAVA_LONG, i * HEADER, peers[i].pointer());
        }
        return sent;
    }

    /** The other side: who sent it, or who is to get it. */
    public SocketAddress peer(int slot) {
        return peers[slot];
    }

    /** All buffers; slot i begins at {@link #offset}. */
    public MemorySegment buffer() {
        return buffers;
    }

    public long offset(int slot) {
        return (long) slot * size;
    }

    public int length(int slot) {
        return (int) vectors.get(ValueLayout.JAVA_LONG, slot * IOVEC + 8);
    }

    public void setLength(int slot, int length) {
        java.util.Objects.checkIndex(length, size + 1);
        vectors.set(ValueLayout.JAVA_LONG, slot * IOVEC + 8, (long) length);
    }

    /** Copies a slot's datagram, as much of it as there is room for; how many bytes. */
    public int copyTo(int slot, byte[] into) {
        int count = Math.min(length(slot), into.length);
        MemorySegment.copy(buffers, ValueLayout.JAVA_BYTE, offset(slot), into, 0, count);
        return count;
    }

    /** Makes the first {@code length} bytes of {@code from} a slot's datagram. */
    public void copyFrom(byte[] from, int length, int slot) {
        setLength(slot, length);
        MemorySegment.copy(from, 0, buffers, ValueLayout.JAVA_BYTE, offset(slot), length);
    }

    /** The datagram was longer than the slot. */
    public boolean isTruncated(int slot) {
        return (headers.get(ValueLayout.JAVA_INT, slot * HEADER + FLAGS) & MSG_TRUNC) != 0;
    }

    /** Copies the address a received datagram was sent to (not its port); false when the socket does not tell. */
    public boolean localAddress(int slot, SocketAddress into) {
        if (headers.get(ValueLayout.JAVA_LONG, slot * HEADER + CONTROL_LENGTH) < CONTROL_DATA) {
            return false;
        }
        long at = slot * CONTROL;
        int level = controls.get(ValueLayout.JAVA_INT, at + 8);
        int type = controls.get(ValueLayout.JAVA_INT, at + 12);
        if (level == IPPROTO_IP && type == IP_PKTINFO) {
            // struct in_pktinfo {int ifindex; in_addr spec_dst; in_addr addr}: addr is that of the packet's header
            into.setV4(Integer.reverseBytes(controls.get(ValueLayout.JAVA_INT, at + CONTROL_DATA + 8)), 0);
            return true;
        }
        if (level == IPPROTO_IPV6 && type == IPV6_PKTINFO) {
            into.setV6(
                    Long.reverseBytes(controls.get(ValueLayout.JAVA_LONG, at + CONTROL_DATA)),
                    Long.reverseBytes(controls.get(ValueLayout.JAVA_LONG, at + CONTROL_DATA + 8)),
                    0);
            return true;
        }
        return false;
    }

    /** Sends the slot from this address of ours. */
    public void sendFromV4(int slot, int address) {
        control(slot, IPPROTO_IP, IP_PKTINFO, 12);
        long data = slot * CONTROL + CONTROL_DATA;
        controls.set(ValueLayout.JAVA_INT, data, 0); // any link
        controls.set(ValueLayout.JAVA_INT, data + 4, Integer.reverseBytes(address)); // spec_dst is what sending reads
        controls.set(ValueLayout.JAVA_INT, data + 8, 0);
    }

    /** Sends the slot from this address of ours. */
    public void sendFromV6(int slot, long high, long low) {
        control(slot, IPPROTO_IPV6, IPV6_PKTINFO, 20);
        long data = slot * CONTROL + CONTROL_DATA;
        controls.set(ValueLayout.JAVA_LONG, data, Long.reverseBytes(high));
        controls.set(ValueLayout.JAVA_LONG, data + 8, Long.reverseBytes(low));
        controls.set(ValueLayout.JAVA_INT, data + 16, 0);
    }

    /** Sends the slot from the socket's own address. */
    public void sendFromAny(int slot) {
        headers.set(ValueLayout.JAVA_LONG, slot * HEADER + CONTROL_POINTER, 0L);
        headers.set(ValueLayout.JAVA_LONG, slot * HEADER + CONTROL_LENGTH, 0L);
    }

    private void control(int slot, int level, int type, long length) {
        long at = slot * CONTROL;
        controls.set(ValueLayout.JAVA_LONG, at, CONTROL_DATA + length);
        controls.set(ValueLayout.JAVA_INT, at + 8, level);
        controls.set(ValueLayout.JAVA_INT, at + 12, type);
        headers.set(ValueLayout.JAVA_LONG, slot * HEADER + CONTROL_POINTER, controls.address() + at);
        headers.set(ValueLayout.JAVA_LONG, slot * HEADER + CONTROL_LENGTH, (CONTROL_DATA + length + 7) & ~7L);
    }
}
