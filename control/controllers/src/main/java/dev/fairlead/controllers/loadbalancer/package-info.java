/**
 * Gives Services of type LoadBalancer their addresses, as the service controller of Kubernetes' cloud providers does: the
 * finalizer {@code service.kubernetes.io/load-balancer-cleanup} first, then the address, then the status; the same events.
 *
 * <p>{@link dev.fairlead.controllers.loadbalancer.LoadBalancers} is the loop, {@link
 * dev.fairlead.controllers.provider.LoadBalancerProvider} who has addresses to give: the LoadBalancerPools ({@link
 * dev.fairlead.controllers.loadbalancer.PoolProvider}), or whatever {@link java.util.ServiceLoader} finds on the class path.
 * A Service that waits says why, in the condition {@code fairlead.dev/LoadBalancerReady} and in an event.
 */
package dev.fairlead.controllers.loadbalancer;
