// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

/** A patch that cannot be read or does not fit the object. The message names the place and is for the patch's writer. */
public final class PatchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Sort sort;
    private final String path;
    private final String detail;

    /** Whose fault it is. */
    public enum Sort {
        /** No patch of its format: HTTP 400. */
        MALFORMED,
        /** A patch, but not for this object (a test failed, a path leads nowhere): HTTP 422. */
        DOES_NOT_FIT,
        /** A patch that asks for more work than is done: HTTP 413. */
        TOO_LARGE
    }

    PatchException(Sort sort, String path, String detail) {
        super(path.isEmpty() ? detail : path + ": " + detail);
        this.sort = sort;
        this.path = path;
        this.detail = detail;
    }

    static PatchException malformed(Object path, String detail) {
        return new PatchException(Sort.MALFORMED, path.toString(), detail);
    }

    static PatchException misfit(Object path, String detail) {
        return new PatchException(Sort.DOES_NOT_FIT, path.toString(), detail);
    }

    /** Whose fault it is. */
    public Sort sort() {
        return sort;
    }

    /** Where, in the patch (malformed) or in the object (does not fit); empty for the whole. */
    public String path() {
        return path;
    }

    /** What is wrong there, without the place. */
    public String detail() {
        return detail;
    }
}
