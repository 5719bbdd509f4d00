/**
 * Which records the names of Services have (Kubernetes DNS specification 1.1.0, and what CoreDNS adds to it): the table
 * of Services, slices and namespaces, and the pure function from a question to its answer. A Service's change replaces
 * its one immutable entry, so a reader always sees whole Services. Start reading at {@code ZoneAnswers}.
 */
package dev.fairlead.dns.names;
