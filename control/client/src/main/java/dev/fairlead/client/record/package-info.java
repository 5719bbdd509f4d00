/**
 * Small records that programs keep in the API about themselves and others: who leads or lives
 * ({@link dev.fairlead.client.record.Lease}, coordination.k8s.io/v1, and {@link dev.fairlead.client.record.Leader}, who
 * works while it holds one) and what happened ({@link dev.fairlead.client.record.Events}, core/v1 Event).
 */
package dev.fairlead.client.record;
