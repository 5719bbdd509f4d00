/**
 * How somebody else's load balancers are joined to Fairlead: a {@link
 * dev.fairlead.controllers.provider.LoadBalancerProvider} on the class path, found by {@link java.util.ServiceLoader}. The
 * guide has an example.
 */
package dev.fairlead.controllers.provider;
