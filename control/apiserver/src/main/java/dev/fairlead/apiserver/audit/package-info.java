/**
 * The audit log: who did what, when, and what came of it, a line of JSON each in the shape of {@code audit.k8s.io/v1} events. {@link
 * dev.fairlead.apiserver.audit.AuditPolicy} decides how much is told of a request, {@link
 * dev.fairlead.apiserver.audit.AuditEvent} makes the event of it, {@link dev.fairlead.apiserver.audit.AuditLog} writes, on a thread of
 * its own, to an {@link dev.fairlead.apiserver.audit.AuditFile}: a request waits for nothing, what waits is bounded by its bytes, and
 * where the disk cannot keep up events are dropped and counted.
 */
package dev.fairlead.apiserver.audit;
