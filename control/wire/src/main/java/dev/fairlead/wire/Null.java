// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

/** JSON's null, where it must be kept: in patches it asks for a removal. Everywhere else null is dropped on reading. */
public enum Null {
    /** The one null. */
    NULL;

    @Override
    public String toString() {
        return "null";
    }
}
