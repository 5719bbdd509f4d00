/**
 * The lab: nodes, clients, pods and an outside host as network namespaces of a process's own, IPv4 and IPv6, in which all
 * traffic tests run and {@code fairlead lab} plays. Nothing of it is visible on the machine, and nothing is left when the process ends.
 *
 * <p>Start reading at {@link dev.fairlead.kernel.testing.Lab}.
 */
package dev.fairlead.kernel.testing;
