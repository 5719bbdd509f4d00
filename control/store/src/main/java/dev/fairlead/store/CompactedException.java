// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

/** What was asked for is forgotten. Kubernetes' answer to it is 410 Gone, reason Expired. */
public final class CompactedException extends StoreException {
    private static final long serialVersionUID = 1;

    private final long requested;
    private final long oldest;

    /** {@code requested} was asked for, {@code oldest} is what can be had. */
    public CompactedException(long requested, long oldest) {
        super("revision %d is forgotten: the oldest one kept is %d".formatted(requested, oldest), null);
        this.requested = requested;
        this.oldest = oldest;
    }

    /** The revision to read at or watch after. */
    public long requested() {
        return requested;
    }

    /** {@link Store#oldestRevision()} at that moment. */
    public long oldest() {
        return oldest;
    }
}
