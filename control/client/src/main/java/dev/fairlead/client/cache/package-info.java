/**
 * A kind's objects, kept up to date as slim records: {@link dev.fairlead.client.cache.Informer}.
 *
 * <p>Invariants: one virtual thread per informer is the only writer of its cache and the only caller of its handlers; the
 * cache holds what a handler is told before it is told; handlers hear changes in the order of revisions, each change
 * once; what was missed while disconnected is told as the difference between the cache and a new list; nothing but the
 * record made of an object is kept.
 */
package dev.fairlead.client.cache;
