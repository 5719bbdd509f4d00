// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

/** The names that are no fields but say how a strategic merge patch is meant. */
final class Directive {
    static final String PATCH = "$patch";
    static final String RETAIN_KEYS = "$retainKeys";
    static final String DELETE_FROM = "$deleteFromPrimitiveList/";
    static final String ORDER = "$setElementOrder/";

    private Directive() {}

    static boolean is(String name) {
        return name.equals(PATCH) || name.equals(RETAIN_KEYS) || name.startsWith(DELETE_FROM) || name.startsWith(ORDER);
    }
}
