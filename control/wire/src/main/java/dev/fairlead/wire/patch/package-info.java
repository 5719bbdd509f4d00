/**
 * Changes to objects as values: JSON merge patch (RFC 7386), JSON patch (RFC 6902) and Kubernetes' strategic merge patch,
 * each read from bytes by {@link dev.fairlead.wire.patch.Patch#read}, applied to a tree, giving a new tree; the tree given
 * is never changed. {@link dev.fairlead.wire.patch.StrategicDifference} goes the other way, as client-side apply does.
 * What server-side apply makes of an object is in {@link dev.fairlead.wire.ownership}.
 */
package dev.fairlead.wire.patch;
