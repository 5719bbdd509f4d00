// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

/**
 * How objects of a kind behave when they are written.
 *
 * @param name what its names may be
 * @param generation what counts as a new version of the specification
 * @param createOnUpdate whether a PUT to a name that does not exist creates it
 * @param unconditionalUpdate whether a PUT without resourceVersion overwrites whatever is there
 */
public record Traits(NameRule name, Generation generation, boolean createOnUpdate, boolean unconditionalUpdate) {
    /** When {@code metadata.generation} moves on; it starts at 1. */
    public enum Generation {
        /** Never: the kind has none. */
        NONE,
        /** When something outside metadata and status changes. */
        SPEC,
        /** When something outside metadata, or the labels, change. */
        SPEC_AND_LABELS,
        /** When something outside metadata and status, or the annotations, change. */
        SPEC_AND_ANNOTATIONS
    }

    /** The syntaxes of object names. */
    public enum NameRule {
        /** A DNS subdomain, at most 253 characters. */
        SUBDOMAIN,
        /** A DNS label as in RFC 1123, at most 63 characters. */
        LABEL,
        /** Anything that can be one segment of a URL's path. */
        PATH_SEGMENT
    }
}
