/**
 * The subresource {@code proxy}: a request to a Service or pod, by way of the API server. {@link
 * dev.fairlead.apiserver.proxy.ProxyName} is what a client may write, {@link dev.fairlead.apiserver.proxy.Locations} where
 * that leads, {@link dev.fairlead.apiserver.proxy.HttpExchange} one request and its answer over a connection of the node's,
 * {@link dev.fairlead.apiserver.proxy.Body} what comes back; {@link dev.fairlead.apiserver.proxy.Switched} is a connection that speaks
 * another protocol from then on, and {@link dev.fairlead.apiserver.proxy.Departure} takes a call along whose client leaves.
 * Addresses are only ever those of pods in the namespace that was asked for, so the proxy leads nowhere else.
 */
package dev.fairlead.apiserver.proxy;
