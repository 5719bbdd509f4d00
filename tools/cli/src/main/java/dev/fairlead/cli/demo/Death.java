// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

/**
 * When a process was killed and when it was gone, in nanoseconds of the monotonic clock. A killed process lives on for the
 * milliseconds in which the kernel ends its threads and closes its sockets: what it was asked until then is lost with it.
 */
record Death(long from, long until) {
    /** Whether {@code sample} was under way on a process while that died. */
    boolean explains(Sample sample) {
        return sample.began() <= until && sample.ended() >= from;
    }
}
