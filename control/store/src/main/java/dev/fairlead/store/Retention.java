// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

/**
 * How much history a store keeps in memory: the newest commits until one of the bounds is met, but always the newest one.
 *
 * @param commits how many commits at most; from 1 to 16,777,216, each costs a few bytes even while unused
 * @param bytes how many bytes at most of what only history needs (keys and values that have been replaced or deleted)
 */
public record Retention(int commits, long bytes) {
    /** Enough for clients that are a minute behind in a busy cluster: 65,536 commits or 64 MiB. */
    public static final Retention STANDARD = new Retention(1 << 16, 64L << 20);

    /** Refuses bounds out of range. */
    public Retention {
        if (commits < 1 || commits > 1 << 24) {
            throw new IllegalArgumentException("commits must be from 1 to 16777216, not " + commits);
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative, not " + bytes);
        }
    }
}
