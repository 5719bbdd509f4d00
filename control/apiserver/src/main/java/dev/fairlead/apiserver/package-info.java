/**
 * The Kubernetes API over a store. {@link dev.fairlead.apiserver.ApiServer} answers requests in-process; package {@code
 * http} puts the same answers on HTTPS. A request goes through the same few steps whatever it asks: who asks and may they
 * ({@code access}), what is it about ({@code request}), then {@code read}, {@code write} or {@code discovery}, and the answer
 * ({@code answer}, {@code objects}, {@code table}).
 *
 * <p>Invariants: no state of its own, the store is the truth; blocking code, called on virtual threads; every error is a
 * Status, none a stack trace.
 */
package dev.fairlead.apiserver;
