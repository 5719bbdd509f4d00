/**
 * Blocks of ClusterIPs come and go (KEP-1880): a new ServiceCIDR is kept by a finalizer and marked ready, so that the API
 * server gives addresses from it; one whose end was asked for stays until no Service depends on it. Start reading at {@link
 * dev.fairlead.controllers.servicecidrs.ServiceCidrs}; what may go is {@link dev.fairlead.controllers.servicecidrs.Cover}'s
 * decision.
 */
package dev.fairlead.controllers.servicecidrs;
