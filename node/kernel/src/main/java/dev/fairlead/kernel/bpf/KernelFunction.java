// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import java.util.Locale;

/** Functions of the kernel that programs may call ({@code enum bpf_func_id}). */
public enum KernelFunction {
    /** (map, key) → pointer to the value, or 0. */
    MAP_LOOKUP(1),
    /** (map, key, value, flags) → 0 or -errno. */
    MAP_UPDATE(2),
    /** (map, key) → 0 or -errno. */
    MAP_DELETE(3),
    /** () → nanoseconds since the machine started, without suspension. */
    MONOTONIC_TIME(5),
    /** () → 32 random bits. */
    RANDOM(7),
    /** (context) → a number that no other socket of this machine ever has. */
    SOCKET_COOKIE(46),
    /** (map, socket, first value or 0, 1 to create it) → pointer to what is stored with the socket, or 0. */
    SOCKET_STORAGE_GET(107),
    /** (map, socket) → 0 or -errno. */
    SOCKET_STORAGE_DELETE(108),
    /** (context) → the cookie of the socket's network namespace; Linux 5.7. */
    NAMESPACE_COOKIE(122),
    /** (-errno) → what the system call returns if the program refuses it; Linux 5.18. */
    SET_RESULT(187);

    private final int number;

    KernelFunction(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** For listings: {@code map_lookup}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
