/**
 * What every part of the kernel module speaks: {@link dev.fairlead.kernel.KernelException} for what the kernel refused,
 * and {@link dev.fairlead.kernel.Errno} for its numbers.
 *
 * <p>Start reading at {@code namespace.Namespace}: almost everything else happens inside one.
 */
package dev.fairlead.kernel;
