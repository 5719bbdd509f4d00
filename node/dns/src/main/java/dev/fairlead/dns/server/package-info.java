/**
 * The DNS server: UDP and TCP sockets, our own zones answered on the spot, everything else by way of {@code forward}.
 * Sockets are given ready-made, because they may belong to a network namespace that only the composition root knows.
 * Start reading at {@code DnsServer}, then {@code Desk}.
 */
package dev.fairlead.dns.server;
