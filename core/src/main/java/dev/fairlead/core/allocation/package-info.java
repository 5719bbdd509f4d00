/**
 * Which ClusterIP, which node ports and which load-balancer addresses a Service gets. Decides only; keeping what was decided is the caller's work: it puts
 * the Service and everything {@link dev.fairlead.core.allocation.Plan} reserves and releases into one atomic commit whose
 * conditions make a lost race visible, and plans again when it lost.
 *
 * <p>Nothing here scans all Services: what is taken is asked of {@link dev.fairlead.core.allocation.Taken}, one address or
 * port at a time. Ranges have a lower band that automatic choice leaves alone until the upper one is full, so that
 * addresses people write down seldom collide with given ones (KEP-3070, KEP-3668). Start reading at
 * {@link dev.fairlead.core.allocation.ServiceAllocation}.
 *
 * <p>Addresses of LoadBalancerPools are decided apart, after a Service was written: {@link
 * dev.fairlead.core.allocation.AddressLedger} is what all Services have, {@link
 * dev.fairlead.core.allocation.AddressClaim} what one asks, {@link dev.fairlead.core.allocation.AddressDecision} what it gets
 * and, as {@link dev.fairlead.core.allocation.Lack}, what not and why. No address is given twice, unless both Services said
 * that they would share it; none is taken from a Service because a pool changed.
 */
@dev.fairlead.core.Pure
package dev.fairlead.core.allocation;
