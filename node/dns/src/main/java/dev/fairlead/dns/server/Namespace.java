// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import java.util.Optional;

/** The namespace of the pod that asks, looked up only when it matters. */
interface Namespace {
    /** Of somebody who is no pod. */
    Namespace NONE = Optional::empty;

    /** Its name; empty when it is no pod that asks. */
    Optional<String> name();
}
