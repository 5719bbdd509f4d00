/**
 * Lively talks with pods: {@code exec}, {@code attach} and {@code portforward}, as messages of a WebSocket or, for
 * older clients, as streams of SPDY/3.1. Start at {@link dev.fairlead.apiserver.streams.PodStreams}.
 *
 * <p>A message's first byte says which channel it belongs to ({@code v4.channel.k8s.io}); {@code v5} can also close one
 * (KEP-4006). kubectl forwards ports by SPDY/3.1 frames inside of messages, a stream for each connection ({@code
 * SPDY/3.1+portforward.k8s.io}).
 */
package dev.fairlead.apiserver.streams;
