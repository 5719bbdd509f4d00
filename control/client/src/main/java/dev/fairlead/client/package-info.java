/**
 * The one door to any Kubernetes API: {@link dev.fairlead.client.ApiClient} asks about objects over an
 * {@link dev.fairlead.wire.exchange.Api}, in this process or over HTTPS ({@code https}). What refuses is an
 * {@link dev.fairlead.client.ApiError}; what does not answer an {@link java.io.IOException}.
 *
 * <p>Built on it: {@code cache} keeps a kind's objects as slim records and says what changed; {@code queue} carries keys
 * to workers; {@code record} writes Leases and Events. Nothing here knows what a Service means.
 */
package dev.fairlead.client;
