/**
 * The kernel's network configuration by netlink messages (RFC 3549, rtnetlink(7)): links, addresses, routes, rules,
 * neighbours, and the one small nftables table the relay needs.
 *
 * <p>Invariants: no program is started; an error carries the kernel's extended acknowledgement; IPv6 addresses are usable
 * at once (no duplicate address detection). Start reading at {@link dev.fairlead.kernel.netlink.Rtnetlink}.
 */
package dev.fairlead.kernel.netlink;
