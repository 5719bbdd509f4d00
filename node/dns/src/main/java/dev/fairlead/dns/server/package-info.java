/**
 * The DNS server: UDP and TCP sockets, our own zone answered on the spot, everything else asked of the host's resolvers
 * and remembered for as long as they allow. Sockets are given ready-made, because they may belong to a network namespace
 * that only the composition root knows. Start reading at {@code DnsServer}.
 */
package dev.fairlead.dns.server;
