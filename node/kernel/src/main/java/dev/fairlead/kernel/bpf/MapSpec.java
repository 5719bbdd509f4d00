// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

/**
 * What a map is to be.
 *
 * @param name as programs and the kernel's lists call it: letters, digits and underscores, at most 15
 * @param keySize in bytes
 * @param valueSize in bytes
 * @param size how many entries at most; 0 where the kernel sets no limit
 */
public record MapSpec(String name, Kind kind, int keySize, int valueSize, int size) {
    /** {@code enum bpf_map_type}. */
    public enum Kind {
        /** Keys are found by their hash. Memory is taken as entries come. */
        HASH(1),
        /** Keys are 32-bit numbers from 0; every entry is always there, zero at first. */
        ARRAY(2),
        /** A hash that forgets what was not used for long when it is full. */
        RECENT(9),
        /** Keys are prefixes: 32 bits of length, then the bits; the longest that fits is found. */
        PREFIXES(11),
        /** Values lie with sockets and end with them; Linux 5.2. */
        SOCKETS(24);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    private static final int NO_PREALLOC = 1;

    public MapSpec {
        if (!name.matches("[A-Za-z0-9_.]{1,15}")) {
            throw new IllegalArgumentException("a map's name has 1 to 15 letters, digits, dots and _: " + name);
        }
    }

    public static MapSpec hash(String name, int keySize, int valueSize, int size) {
        return new MapSpec(name, Kind.HASH, keySize, valueSize, size);
    }

    public static MapSpec array(String name, int valueSize, int size) {
        return new MapSpec(name, Kind.ARRAY, Integer.BYTES, valueSize, size);
    }

    public static MapSpec recent(String name, int keySize, int valueSize, int size) {
        return new MapSpec(name, Kind.RECENT, keySize, valueSize, size);
    }

    /** Prefixes of up to {@code width} bytes. */
    public static MapSpec prefixes(String name, int width, int valueSize, int size) {
        return new MapSpec(name, Kind.PREFIXES, Integer.BYTES + width, valueSize, size);
    }

    /** Values lie with sockets; {@code valueSize} is a multiple of 4. */
    public static MapSpec sockets(String name, int valueSize) {
        return new MapSpec(name, Kind.SOCKETS, Integer.BYTES, valueSize, 0);
    }

    int flags() {
        return switch (kind) {
            case HASH, PREFIXES, SOCKETS -> NO_PREALLOC; // the kernel insists, but for HASH
            case ARRAY, RECENT -> 0;
        };
    }
}
