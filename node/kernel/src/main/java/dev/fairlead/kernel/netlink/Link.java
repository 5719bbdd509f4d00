// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

/**
 * A network link as the kernel has it.
 *
 * @param index its number, unique in its namespace
 * @param mac as {@code 02:00:0a:f4:00:02}, empty for a link without
 * @param mtu in bytes
 * @param up switched on (IFF_UP); whether it also carries is {@code running}
 * @param running ready to carry: the other end of a veth pair is up too
 */
public record Link(int index, String name, String mac, int mtu, boolean up, boolean running) {}
