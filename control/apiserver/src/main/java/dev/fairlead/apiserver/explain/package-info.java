/**
 * Gathers what {@code core.explain} decides from, and answers with what it says. {@link
 * dev.fairlead.apiserver.explain.Gathering} is the one place where evidence comes from: the store, and by way of {@code
 * NodeDoor} the nodes' agents.
 *
 * <p>Invariant: gathering costs work in proportion to the Service in question. The store has no index by label, so lists are
 * passed over as bytes ({@link dev.fairlead.apiserver.explain.Scan}) and only what may be meant is decoded. Start reading
 * at {@code Explaining}.
 */
package dev.fairlead.apiserver.explain;
