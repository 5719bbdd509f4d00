// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

/** A constant of the kernel's. */
interface Numbered {
    /** The kernel's number. */
    int number();

    /**
     * The one with that number.
     *
     * @throws IllegalArgumentException when there is none
     */
    static <E extends Enum<E> & Numbered> E of(Class<E> type, int number) {
        for (E one : type.getEnumConstants()) {
            if (one.number() == number) {
                return one;
            }
        }
        throw new IllegalArgumentException("no " + type.getSimpleName() + " has the number " + number);
    }
}
