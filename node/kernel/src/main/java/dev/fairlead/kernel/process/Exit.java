// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

/** How a process ended. */
public sealed interface Exit {
    /** It ended by itself, with a code of 0 to 255. */
    record Code(int code) implements Exit {}

    /** A signal ended it, by its number: 9 for SIGKILL. Shells and Kubernetes write 128 + number. */
    record Signalled(int signal) implements Exit {}

    /** It ended, but it was not (or no longer) our child, and the kernel tells only parents. */
    record Unknown() implements Exit {}
}
