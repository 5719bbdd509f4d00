/**
 * What is told of requests, while they are answered and afterwards: {@link dev.fairlead.apiserver.observe.Visit} collects what becomes
 * known of one, {@link dev.fairlead.apiserver.observe.Observing} counts it under Kubernetes' names and writes the request log. Nothing
 * here decides about a request.
 */
package dev.fairlead.apiserver.observe;
