// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import java.net.InetAddress;

/**
 * Which hardware address an address on a link has.
 *
 * @param link index of the link
 * @param mac as {@code 02:00:0a:f4:00:02}, empty while unknown
 * @param permanent set by somebody, not learnt
 */
public record Neighbour(int link, InetAddress address, String mac, boolean permanent) {}
