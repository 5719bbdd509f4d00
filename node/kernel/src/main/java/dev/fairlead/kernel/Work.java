// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel;

/** A piece of work with its own exception, so that code run inside a namespace keeps its checked exceptions. */
@FunctionalInterface
public interface Work<T extends @org.jspecify.annotations.Nullable Object, X extends Exception> {
    T run() throws X;
}
