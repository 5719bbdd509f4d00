/**
 * What a container's process finds around it, decided from values: its variables
 * ({@link dev.fairlead.pods.environment.Environment}), the variables that name the namespace's Services
 * ({@link dev.fairlead.pods.environment.ServiceLinks}), {@code resolv.conf} and {@code hosts}. Pure; nothing here reads
 * a file. The rules are those that Kubernetes documents for containers, DNS for pods, and Service discovery by
 * environment.
 */
package dev.fairlead.pods.environment;
