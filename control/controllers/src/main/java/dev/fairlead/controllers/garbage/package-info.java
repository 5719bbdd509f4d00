/**
 * Ends what belongs to nobody any more: {@link dev.fairlead.controllers.garbage.Garbage} follows
 * {@code metadata.ownerReferences} by uid, and carries out Background, Foreground and Orphan deletion.
 */
package dev.fairlead.controllers.garbage;
