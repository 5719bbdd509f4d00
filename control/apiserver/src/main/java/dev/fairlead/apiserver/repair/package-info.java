/**
 * Looks after what Services hold: compares Services with reserved addresses and node ports, sets right what can be, and tells
 * the rest in events. The decisions are {@link dev.fairlead.core.allocation.Audit}'s; {@link
 * dev.fairlead.apiserver.repair.Repair} carries them out, {@link dev.fairlead.apiserver.repair.Repairs} says when.
 *
 * <p>A Service and its reservations are one commit, so nothing has to be repaired after a crash. What brings them apart is
 * people who delete or write IPAddresses, and stores that come from elsewhere.
 *
 * <p>Invariant: whatever a finding was concluded from is a condition of the commit that answers it.
 */
package dev.fairlead.apiserver.repair;
