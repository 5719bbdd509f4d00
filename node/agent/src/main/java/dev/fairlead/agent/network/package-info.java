/**
 * The three networks a node can have, behind one contract: where sockets of the relay and of DNS are opened, what the
 * node's addresses are, and how pods get theirs. Which one is taken is decided once, at start, and said with its reason.
 * Start reading at {@code NodeNetwork} and {@code Choice}.
 */
package dev.fairlead.agent.network;
