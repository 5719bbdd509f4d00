/**
 * A RouteTable as nftables: which constant chains, which maps, and which elements in them. Nothing here touches the kernel.
 *
 * <p>{@link dev.fairlead.dataplane.layout.Ruleset} is what never changes while Services come and go: the number of rules and
 * chains does not grow with them. {@link dev.fairlead.dataplane.layout.Maps} says what the maps hold. {@link
 * dev.fairlead.dataplane.layout.Layout} remembers what is decided by history, the numbers of routes and the slots of
 * endpoints, and plans the changes of elements from one table to the next.
 *
 * <p>How a packet finds its endpoint: {@code (address, protocol, port) → (number, class)}, then by class a chain that draws
 * a slot, then {@code (number, slot) → (address, port)}. The number travels from rule to rule in the packet's mark, since
 * registers are forgotten between rules; the mark's masquerade bit is kept free of it and says at the end whether the
 * packet is to leave with the node's own address.
 */
@Pure
package dev.fairlead.dataplane.layout;

import dev.fairlead.core.Pure;
