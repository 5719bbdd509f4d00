// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.stateful;

/** One thing to do to the pods of a StatefulSet. */
public sealed interface Step {
    /** The pod's number. */
    int ordinal();

    /** Make the pod from a template. */
    record Create(int ordinal, String revision) implements Step {}

    /** End the pod. */
    record End(int ordinal, Why why) implements Step {}

    /** Why a pod ends. */
    enum Why {
        /** There are to be fewer. */
        SURPLUS,
        /** There is a newer template. */
        OUTDATED,
        /** It is over, and another one shall take its place. */
        OVER
    }
}
