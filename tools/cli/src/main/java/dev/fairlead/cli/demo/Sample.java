// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import org.jspecify.annotations.Nullable;

/**
 * One request and what it met; times in nanoseconds of the monotonic clock.
 *
 * @param frontend the frontend pod that answered; empty when none did
 * @param backend the backend pod behind it; empty when none answered
 * @param error what went wrong, or null
 */
record Sample(
        Phase phase,
        long began,
        long ended,
        String frontend,
        String backend,
        @Nullable String error) {
    long nanos() {
        return ended - began;
    }
}
