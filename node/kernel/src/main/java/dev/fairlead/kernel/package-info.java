/**
 * What every part of the kernel module speaks: {@link dev.fairlead.kernel.KernelException} for what the kernel refused,
 * {@link dev.fairlead.kernel.Errno} for its numbers, and {@link dev.fairlead.kernel.Probe} for what this machine allows.
 *
 * <p>Start reading at {@code namespace.Namespace}: almost everything else happens inside one.
 */
package dev.fairlead.kernel;
