/** What the DNS server counts, under CoreDNS's names, so that dashboards and alerts for it go on working. */
package dev.fairlead.dns.metrics;
