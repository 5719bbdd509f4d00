/**
 * Which ClusterIP and which node ports a Service gets. Decides only; keeping what was decided is the caller's work: it puts
 * the Service and everything {@link dev.fairlead.core.allocation.Plan} reserves and releases into one atomic commit whose
 * conditions make a lost race visible, and plans again when it lost.
 *
 * <p>Nothing here scans all Services: what is taken is asked of {@link dev.fairlead.core.allocation.Taken}, one address or
 * port at a time. Ranges have a lower band that automatic choice leaves alone until the upper one is full, so that
 * addresses people write down seldom collide with given ones (KEP-3070, KEP-3668). Start reading at
 * {@link dev.fairlead.core.allocation.ServiceAllocation}.
 */
@dev.fairlead.core.Pure
package dev.fairlead.core.allocation;
