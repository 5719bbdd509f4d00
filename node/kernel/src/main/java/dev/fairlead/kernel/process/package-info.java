/**
 * Processes that are not tied to the life of the JVM (design decision 7): started by posix_spawn(3) in the namespaces
 * wanted, output straight to a file, identified by pid and start time, adopted by a later JVM.
 *
 * <p>Invariants: a child is reaped by nobody but its {@link dev.fairlead.kernel.process.Child}; no signal is sent to a pid
 * whose start time is not the one remembered; nothing here inherits a descriptor of the JVM.
 * Start reading at {@link dev.fairlead.kernel.process.Spawn}.
 */
package dev.fairlead.kernel.process;
