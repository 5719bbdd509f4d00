/**
 * Connections the kernel tracks (ctnetlink): listed and forgotten one by one, never all at once. Source of the numbers:
 * {@code uapi/linux/netfilter/nfnetlink_conntrack.h}. Start reading at {@link dev.fairlead.kernel.conntrack.Conntrack}.
 */
package dev.fairlead.kernel.conntrack;
