/**
 * The relay: event loops that accept connections and datagrams at frontends and carry them to endpoints. What goes where
 * is decided elsewhere and comes as {@code Upstream}s; here are sockets, buffers and nothing else. A session belongs to
 * the one loop that accepted it. Start reading at {@code Loop} and {@code Session}.
 */
package dev.fairlead.dataplane.relay;
