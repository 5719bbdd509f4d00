// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

/**
 * A routing rule (ip-rule(8)): packets with a mark look into a table.
 *
 * @param v4 for IPv4, else for IPv6
 * @param priority rules are asked in this order, 0 (the local table's) to 32767 (the default table's)
 * @param mark the mark a packet has, 0 for any packet
 * @param mask which bits of the mark count, -1 for all
 * @param table where to look
 */
public record Rule(boolean v4, int priority, int mark, int mask, int table) {}
