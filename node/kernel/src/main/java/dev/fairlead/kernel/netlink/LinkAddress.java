// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

/**
 * An address on a link.
 *
 * @param link index of the link
 */
public record LinkAddress(int link, Prefix prefix) {}
