// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

/**
 * Something wrong with an object's fields that does not keep it from being read: a field nobody knows, one given twice,
 * one of the wrong type.
 *
 * @param path where, as {@link FieldPath} prints it
 * @param sort what sort of wrong; a server in its lenient mode forgives some
 * @param message the whole story in Kubernetes' words, path included: {@code unknown field "spec.foo"}
 */
public record Problem(String path, Sort sort, String message) {
    /** The sorts of problems. */
    public enum Sort {
        /** No such field in this kind; forgiven (and dropped) unless decoding is strict. */
        UNKNOWN_FIELD,
        /** A field given twice, the last one counts; forgiven unless decoding is strict. */
        DUPLICATE_FIELD,
        /** A value of another type than the field's; never forgiven. */
        WRONG_TYPE
    }

    /** The field at {@code path} is in no schema. */
    public static Problem unknown(FieldPath path) {
        return new Problem(path.toString(), Sort.UNKNOWN_FIELD, "unknown field \"" + path + "\"");
    }

    /** The field at {@code path} is there twice. */
    public static Problem duplicate(FieldPath path) {
        return new Problem(path.toString(), Sort.DUPLICATE_FIELD, "duplicate field \"" + path + "\"");
    }

    /** The same problem as seen from the object at {@code path}, which this problem's path must begin with. */
    public Problem under(String path) {
        return new Problem(this.path.substring(path.length() + 1), sort, message.replace(path + ".", ""));
    }

    /** The value at {@code path} is not what the field takes. */
    public static Problem wrongType(FieldPath path, String expected, String found) {
        return new Problem(
                path.toString(), Sort.WRONG_TYPE, "field \"" + path + "\": expected " + expected + ", got " + found);
    }
}
