/**
 * Carries a RouteTable by the kernel's nftables: {@link dev.fairlead.dataplane.nftables.NftablesPlane} keeps one table
 * equal to what {@code dataplane.layout} plans. There is no process in the way of traffic, and it goes on while Fairlead
 * does not run.
 */
package dev.fairlead.dataplane.nftables;
