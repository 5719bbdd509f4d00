// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import java.util.List;
import java.util.Optional;

/**
 * Keys and bytes with a history. All methods may be called by any number of threads; readers never wait for writers.
 *
 * <p>Keys are non-empty strings ordered by {@link String#compareTo}. Every commit that changes something gets the next
 * <em>revision</em>; a new store is at revision 1, so no entry ever has a revision below 2. The store keeps a window of
 * its newest commits, bounded by a {@link Retention}: within the window it can be read as it was at any revision, and
 * watched from any revision. The window starts at {@link #oldestRevision()}, which only grows.
 *
 * <p>Byte arrays are handed over, never copied: neither who puts a value nor who reads it may change the array.
 */
public interface Store extends AutoCloseable {
    /** The revision of the newest commit that readers see; at least 1. */
    long revision();

    /** The oldest revision that can be read at and watched after; from 1 to {@link #revision()}. */
    long oldestRevision();

    /**
     * Makes all of {@code writes} happen at one new revision, or none of them. Every condition is judged by the state
     * before the commit. On return the commit is durable (as far as this store is) and visible to every reader.
     *
     * <p>A {@link Write.Delete} of an absent key whose condition holds changes nothing. If nothing at all changes, no
     * revision is made, and the current one is returned once everything up to it is durable.
     *
     * @return the revision of this commit
     * @throws ConflictException if a condition does not hold; names the first such write
     * @throws IllegalArgumentException if two writes would change the same key
     * @throws StoreException if the store could not make the commit durable; whether a restart will bring it back is then
     *     unknown, as with any broken connection
     */
    long commit(List<Write> writes) throws ConflictException;

    /** The entry of {@code key} now. */
    Optional<Entry> get(String key);

    /**
     * The entries with {@code from <= key < toExclusive}, in order of keys, all as they were at one revision.
     *
     * @param toExclusive the first key too far; empty for no end
     * @param atRevision the revision to read at; 0 for the newest
     * @param limit how many entries at most; 0 for all
     * @throws CompactedException if {@code atRevision} is older than {@link #oldestRevision()}
     * @throws FutureRevisionException if {@code atRevision} is newer than {@link #revision()}
     */
    Range range(String from, String toExclusive, long atRevision, int limit);

    /** The entries whose keys start with {@code prefix}: {@link #range(String, String, long, int)} from it to its end. */
    default Range prefix(String prefix, long atRevision, int limit) {
        return range(prefix, endOfPrefix(prefix), atRevision, limit);
    }

    /**
     * A cursor over the changes of keys starting with {@code prefix} that came after {@code afterRevision}. The revision of
     * a {@link Range} is the right one to go on from.
     *
     * @throws CompactedException if {@code afterRevision} is older than {@link #oldestRevision()}
     * @throws FutureRevisionException if {@code afterRevision} is newer than {@link #revision()}
     */
    Watch watch(String prefix, long afterRevision);

    /**
     * Forgets what only reads before {@code revision} need: afterwards {@link #oldestRevision()} is at least {@code
     * revision}. Never needed for keeping memory bounded, {@link Retention} does that. Harmless if already so.
     *
     * @throws FutureRevisionException if {@code revision} is newer than {@link #revision()}
     */
    void compact(long revision);

    /** Ends all watches, waits for commits under way and gives everything back. Later calls throw {@link ClosedException}. */
    @Override
    void close();

    /** The first key after all keys that start with {@code prefix}; empty, meaning no end, if there is none. */
    static String endOfPrefix(String prefix) {
        for (int last = prefix.length() - 1; last >= 0; last--) {
            char c = prefix.charAt(last);
            if (c < Character.MAX_VALUE) {
                return prefix.substring(0, last) + (char) (c + 1);
            }
        }
        return "";
    }
}
