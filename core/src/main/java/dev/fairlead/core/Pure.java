// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a package that only decides: values in, values out. It touches no socket, file, thread, lock, clock, log, or source
 * of randomness; time and randomness come in as arguments. The repository's checks refuse a package that breaks this.
 */
@Documented
@Target(ElementType.PACKAGE)
@Retention(RetentionPolicy.CLASS)
public @interface Pure {}
