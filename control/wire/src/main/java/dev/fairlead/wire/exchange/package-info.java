/**
 * One request and one reply of a Kubernetes API as values, and {@link dev.fairlead.wire.exchange.Api}, the contract that
 * the server fulfils in-process and a client fulfils over HTTPS. Header names are lower case everywhere.
 */
package dev.fairlead.wire.exchange;
