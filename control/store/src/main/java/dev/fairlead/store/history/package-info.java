/**
 * What both stores share: the state of all keys at every kept revision, in memory, and the watches on it.
 *
 * <p>{@link dev.fairlead.store.history.Staging} judges commits against the newest state, published or not; {@link
 * dev.fairlead.store.history.History} makes commits visible, one revision after the other. Between the two a {@link
 * dev.fairlead.store.history.Journal} does whatever makes a commit durable; {@link
 * dev.fairlead.store.history.JournaledStore} is the store that results. Invariants: one thread at a time stages and publishes; a reader takes no lock; what a
 * reader finds was the truth at one revision, or the reader starts again.
 *
 * <p>Start reading at {@code History}.
 */
package dev.fairlead.store.history;
