/**
 * Persistent collections: a version is never changed, a new version shares all but the changed path with the old one.
 *
 * <p>This is what makes decisions incremental without mutable state: changing one Service of 10,000 copies a handful of
 * small arrays, and comparing two versions skips what they share. Start reading at {@link PersistentMap}. The structure
 * is the hash array mapped trie of Bagwell, "Ideal Hash Trees" (EPFL, 2001), kept canonical.
 */
@Pure
package dev.fairlead.core.persistent;

import dev.fairlead.core.Pure;
