// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * A mutable address and port in the kernel's form ({@code sockaddr_in}, {@code sockaddr_in6}), off-heap, to be reused
 * for many calls. IPv4 addresses are ints and IPv6 addresses two longs in network order: 10.0.0.1 is 0x0a000001.
 */
public final class SocketAddress {
    /** {@code AF_INET}, {@code linux/socket.h}. */
    public static final int IPV4 = 2;

    /** {@code AF_INET6}. */
    public static final int IPV6 = 10;

    static final int SIZE = 32;
    private static final int SIZE_V4 = 16;
    private static final int SIZE_V6 = 28;

    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt ADDRESS_V4 = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong HALF_V6 = ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment memory;

    public SocketAddress() {
        this(Arena.ofAuto().allocate(SIZE, 8));
    }

    /** A view on 32 bytes, aligned to 8, that belong to something larger. */
    SocketAddress(MemorySegment memory) {
        this.memory = memory;
    }

    public SocketAddress setV4(int address, int port) {
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) IPV4);
        memory.set(PORT, 2, (short) port);
        memory.set(ADDRESS_V4, 4, address);
        memory.set(ValueLayout.JAVA_LONG, 8, 0L); // sin_zero
        return this;
    }

    public SocketAddress setV6(long high, long low, int port) {
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) IPV6);
        memory.set(PORT, 2, (short) port);
        memory.set(ValueLayout.JAVA_INT, 4, 0); // flow label
        memory.set(HALF_V6, 8, high);
        memory.set(HALF_V6, 16, low);
        memory.set(ValueLayout.JAVA_INT, 24, 0); // scope
        return this;
    }

    /** Off the hot path. */
    public SocketAddress set(InetAddress address, int port) {
        MemorySegment bytes = MemorySegment.ofArray(address.getAddress());
        return bytes.byteSize() == 4
                ? setV4(bytes.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 0), port)
                : setV6(
                        bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 0),
                        bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 8),
                        port);
    }

    public SocketAddress set(SocketAddress other) {
        memory.copyFrom(other.memory);
        return this;
    }

    public SocketAddress setPort(int port) {
        memory.set(PORT, 2, (short) port);
        return this;
    }

    /** {@link #IPV4}, {@link #IPV6}, or 0 when nothing was set yet. */
    public int family() {
        return memory.get(ValueLayout.JAVA_SHORT, 0);
    }

    public int port() {
        return memory.get(PORT, 2) & 0xffff;
    }

    /** Only for {@link #IPV4}. */
    public int v4() {
        return memory.get(ADDRESS_V4, 4);
    }

    /** The upper half; only for {@link #IPV6}. */
    public long v6High() {
        return memory.get(HALF_V6, 8);
    }

    /** The lower half; only for {@link #IPV6}. */
    public long v6Low() {
        return memory.get(HALF_V6, 16);
    }

    /** IPv4 address and port in one long, {@code address << 16 | port}; only for {@link #IPV4}. */
    public long packedV4() {
        return (v4() & 0xffffffffL) << 16 | port();
    }

    /** Off the hot path. */
    public InetSocketAddress toInetSocketAddress() {
        byte[] bytes = memory.asSlice(family() == IPV4 ? 4 : 8, family() == IPV4 ? 4 : 16)
                .toArray(ValueLayout.JAVA_BYTE);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are addresses", e);
        }
    }

    /** Address and port as text, {@code 10.0.0.1:80} or {@code [fd00::1]:80}. */
    @Override
    public String toString() {
        if (family() != IPV4 && family() != IPV6) {
            return "unset";
        }
        InetSocketAddress address = toInetSocketAddress();
        String host = address.getAddress().getHostAddress();
        return family() == IPV4 ? host + ":" + port() : "[" + host + "]:" + port();
    }

    long pointer() {
        return memory.address();
    }

    /** The length the kernel expects for this family. */
    int length() {
        return family() == IPV4 ? SIZE_V4 : SIZE_V6;
    }
}
