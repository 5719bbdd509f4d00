// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.log;

/**
 * How much of a container's output is kept.
 *
 * @param bytes size at which the file is put aside, in bytes
 * @param files how many files of that size there are at most, the current one included; at least 1
 */
public record LogLimits(long bytes, int files) {
    /** 10 MiB in up to 5 files, as a kubelet does. */
    public static final LogLimits USUAL = new LogLimits(10L << 20, 5);
}
