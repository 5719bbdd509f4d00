/**
 * A store that forgets everything when its process ends, for tests and throw-away servers. All it adds to the shared
 * history is a lock around committing: {@link dev.fairlead.store.memory.MemoryStore}.
 */
package dev.fairlead.store.memory;
