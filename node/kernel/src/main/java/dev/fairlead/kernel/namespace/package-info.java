/**
 * Network and mount namespaces (namespaces(7)). A namespace is held by a descriptor and has no name on the machine:
 * nothing is left behind when the process ends, however it ends.
 *
 * <p>Invariant: only threads made for the purpose ever leave the namespaces in which the JVM was started. A thread is born
 * in the namespaces of the one that starts it, and the JDK starts a carrier of virtual threads from whichever thread wakes
 * a virtual thread while all carriers are busy. Such a carrier would stay in the wrong namespace for good, and every
 * socket that any virtual thread opens on it too. So a thread inside a namespace neither starts nor wakes a virtual thread:
 * it hands over its result by ending ({@code Thread.join} is told by the JVM itself), or to platform threads.
 * Start reading at {@link dev.fairlead.kernel.namespace.Namespace}.
 */
package dev.fairlead.kernel.namespace;
