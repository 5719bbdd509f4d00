// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

/** Bytes that are no JSON, YAML or protobuf object; says where. The message is for the person who wrote them. */
public final class SyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;
    private final String detail;

    /**
     * Wrong at {@code line} and {@code column}, both from 1; both 0 where the format has no lines.
     *
     * @param detail what is wrong, without the place
     */
    public SyntaxException(int line, int column, String detail) {
        super(line == 0 ? detail : "line " + line + ", column " + column + ": " + detail);
        this.line = line;
        this.column = column;
        this.detail = detail;
    }

    /** The line, from 1; 0 when the format has no lines. */
    public int line() {
        return line;
    }

    /** The column, from 1; 0 when the format has no lines. */
    public int column() {
        return column;
    }

    /** What is wrong, without the place. */
    public String detail() {
        return detail;
    }
}
