/**
 * Network and mount namespaces (namespaces(7)). A namespace is held by a descriptor and has no name on the machine:
 * nothing is left behind when the process ends, however it ends.
 *
 * <p>Invariant: only threads made for the purpose ever leave the namespaces in which the JVM was started.
 * Start reading at {@link dev.fairlead.kernel.namespace.Namespace}.
 */
package dev.fairlead.kernel.namespace;
