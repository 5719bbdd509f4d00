/**
 * The door to native code, not exported: {@link dev.fairlead.kernel.syscall.SystemCalls} makes system calls by number
 * through one downcall handle (one handle is one stub to link at start-up, where thirty would cost tens of
 * milliseconds), {@link dev.fairlead.kernel.syscall.Libc} gives handles of the few libc functions that are more than a
 * system call, {@link dev.fairlead.kernel.syscall.OwnThread} a platform thread whose kernel state may be changed.
 *
 * <p>Invariant: errno is captured in the very downcall that set it; nothing reads it later.
 */
package dev.fairlead.kernel.syscall;
