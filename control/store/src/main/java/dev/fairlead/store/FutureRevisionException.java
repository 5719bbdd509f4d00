// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

/** A revision was asked for that the store has not reached. Kubernetes says "Too large resource version". */
public final class FutureRevisionException extends StoreException {
    private static final long serialVersionUID = 1;

    private final long requested;
    private final long current;

    /** {@code requested} was asked for while {@code current} was the newest. */
    public FutureRevisionException(long requested, long current) {
        super("revision %d is in the future: the newest one is %d".formatted(requested, current), null);
        this.requested = requested;
        this.current = current;
    }

    /** The revision asked for. */
    public long requested() {
        return requested;
    }

    /** {@link Store#revision()} at that moment. */
    public long current() {
        return current;
    }
}
