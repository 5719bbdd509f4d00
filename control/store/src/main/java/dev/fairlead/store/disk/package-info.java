/**
 * A store that survives: what {@link dev.fairlead.store.disk.DiskStore} has acknowledged is in an SQLite file, synced.
 *
 * <p>The file holds only the newest entry of each key and the last revision; reads never touch it, the shared history in
 * memory answers them. Invariants: one process has the directory ({@code DirectoryLock}), one thread writes the file
 * ({@code GroupCommit}), nobody sees a commit before it is synced, and a file that is not ours or not whole is left as it
 * was found ({@code StoreFile}).
 *
 * <p>Start reading at {@code DiskStore}, then {@code GroupCommit}, then {@code Database}.
 */
package dev.fairlead.store.disk;
