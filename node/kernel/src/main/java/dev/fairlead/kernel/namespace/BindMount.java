// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.namespace;

import java.nio.file.Path;

/**
 * A file shown in place of another, or a directory in place of another: {@code own/resolv.conf} as
 * {@code /etc/resolv.conf}. Both must exist, and be of the same sort.
 *
 * @param readOnly needs Linux 5.12
 */
public record BindMount(Path source, Path target, boolean readOnly) {}
