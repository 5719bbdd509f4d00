/**
 * The contract of a revisioned store of keys and bytes: what one may ask, what is promised, what can go wrong.
 *
 * <p>Invariants: a commit is atomic and has one revision, greater than every one before it; what a reader or watcher has
 * seen survives a crash; a read at a revision is exact; a watch misses nothing, or says so. The store knows nothing of
 * what the bytes mean.
 *
 * <p>Start reading at {@link dev.fairlead.store.Store}. Two implementations keep this contract and pass one test suite:
 * {@code memory.MemoryStore} and {@code disk.DiskStore}. The model (one revision counter for all keys, compaction,
 * watches that start after a revision) is etcd's, which the Kubernetes API's resourceVersion is made for.
 */
package dev.fairlead.store;
