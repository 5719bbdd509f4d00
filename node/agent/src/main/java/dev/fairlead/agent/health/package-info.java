/**
 * What others ask a node about its Services, over plain HTTP: whether it follows the API closely enough ({@code /healthz},
 * {@code /livez}), and for each Service with external policy Local whether it has an endpoint here. Load balancers decide
 * by these answers where to send traffic (KEP-3836 for {@code /healthz}); status, headers and bodies are kube-proxy's.
 * Start reading at {@code NodeHealth} and {@code ServiceHealth}.
 */
package dev.fairlead.agent.health;
