/**
 * nf_tables: tables, chains, rules, sets, maps and their elements as values, and the driver that commits and reads them.
 *
 * <p>Objects are records ({@link dev.fairlead.kernel.nftables.Table}, {@link dev.fairlead.kernel.nftables.Chain}, {@link
 * dev.fairlead.kernel.nftables.Rule}, {@link dev.fairlead.kernel.nftables.NamedSet}, {@link
 * dev.fairlead.kernel.nftables.Element}), a rule is a list of {@link dev.fairlead.kernel.nftables.Expression}s, the
 * kernel's own instructions. A {@link dev.fairlead.kernel.nftables.Transaction} is a list of changes to them;
 * {@link dev.fairlead.kernel.nftables.Nftables} commits it whole or not at all, and reads what is there back into equal
 * values.
 *
 * <p>Invariants: no program is started; nothing here knows of Services. Source of every number: {@code
 * uapi/linux/netfilter/nf_tables.h} and {@code nfnetlink.h}. Start reading at {@code Transaction}.
 */
package dev.fairlead.kernel.nftables;
