// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import java.util.List;
import java.util.Map;

/** A change to an object that names only what changes. In a merge, {@code wire}'s null value deletes a field. */
public sealed interface Patch {
    /** JSON merge patch, RFC 7386: lists are replaced whole. */
    record Merge(Map<String, Object> change) implements Patch {}

    /** Kubernetes' strategic merge patch: lists of objects are merged by their keys. Not for custom resources. */
    record Strategic(Map<String, Object> change) implements Patch {}

    /** JSON patch, RFC 6902: operations in order. */
    record Operations(List<Object> operations) implements Patch {}

    /** The patch's document: an object or a list. */
    default Object document() {
        return switch (this) {
            case Merge(Map<String, Object> change) -> change;
            case Strategic(Map<String, Object> change) -> change;
            case Operations(List<Object> operations) -> operations;
        };
    }

    /** The media type it travels as. */
    default String mediaType() {
        return switch (this) {
            case Merge _ -> "application/merge-patch+json";
            case Strategic _ -> "application/strategic-merge-patch+json";
            case Operations _ -> "application/json-patch+json";
        };
    }
}
