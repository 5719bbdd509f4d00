// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.balance;

/** How a backend is chosen for a new connection. */
public enum Choice {
    /** Each with the same chance, as kube-proxy does. */
    RANDOM,
    /** One after the other. */
    ROUND_ROBIN
}
