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

    /** Where {@code sample} lies seen from this death: {@code begun 3.2 ms after it was gone}. */
    String distance(Sample sample) {
        if (sample.began() > until) {
            return "begun %.1f ms after it was gone".formatted((sample.began() - until) / 1e6);
        }
        return "over %.1f ms before the kill".formatted((from - sample.ended()) / 1e6);
    }
}
