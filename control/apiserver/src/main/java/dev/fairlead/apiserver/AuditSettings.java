// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where and how the audit log is kept.
 *
 * @param file what is written, a line of JSON for each request
 * @param policy a file with a {@code Policy} of {@code audit.k8s.io/v1}; null: the metadata of every request
 * @param largest bytes of one file, after which it is put aside as {@code FILE.1}
 * @param kept how many files are kept besides the one that is written
 */
public record AuditSettings(Path file, @Nullable Path policy, long largest, int kept) {
    /** Files of 100 MiB, ten of them kept. */
    public AuditSettings(Path file, @Nullable Path policy) {
        this(file, policy, 100L << 20, 10);
    }
}
