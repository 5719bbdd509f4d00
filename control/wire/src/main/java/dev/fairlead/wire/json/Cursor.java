// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.json;

import java.io.ByteArrayOutputStream;

/** A place in the bytes of one valid JSON object, moved from member to member. Reads structure, decodes nothing. */
final class Cursor {
    private final byte[] bytes;
    private int position;
    private int memberStart;
    private int nameEnd;

    Cursor(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Steps behind the opening bracket of the object that comes next. */
    void enter() {
        expect('{');
    }

    /** Steps to the value of the next member; false, behind the closing bracket, when there is none. */
    boolean member() {
        byte next = peek();
        if (next == ',') {
            position++;
            next = peek();
        }
        if (next == '}') {
            position++;
            return false;
        }
        memberStart = position;
        skipString();
        nameEnd = position;
        expect(':');
        peek();
        return true;
    }

    /** Whether the member's name is {@code name}; a name written with escapes never is. */
    boolean nameIs(byte[] name) {
        int length = nameEnd - memberStart - 2;
        if (length != name.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[memberStart + 1 + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** Steps over the value that comes next. */
    void skipValue() {
        byte first = peek();
        if (first == '"') {
            skipString();
        } else if (first == '{' || first == '[') {
            skipContainer();
        } else {
            while (position < bytes.length && ",}] \n\r\t".indexOf(bytes[position]) < 0) {
                position++;
            }
        }
    }

    /** Copies the member just stepped over, name and value. */
    void copyMember(ByteArrayOutputStream out) {
        out.write(bytes, memberStart, position - memberStart);
    }

    /** Copies the rest of the bytes from this place, which is a closing bracket too far when the object has {@code ended}. */
    void copyRest(ByteArrayOutputStream out, boolean ended) {
        int from = ended ? position - 1 : position;
        out.write(bytes, from, bytes.length - from);
    }

    private void skipContainer() {
        int depth = 0;
        do {
            byte here = at();
            if (here == '"') {
                skipString();
                continue;
            }
            position++;
            if (here == '{' || here == '[') {
                depth++;
            } else if (here == '}' || here == ']') {
                depth--;
            }
        } while (depth > 0);
    }

    private void skipString() {
        if (at() != '"') {
            throw new IllegalArgumentException("not a JSON object: expected a name at byte " + position);
        }
        position++;
        while (at() != '"') {
            position += at() == '\\' ? 2 : 1;
        }
        position++;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw new IllegalArgumentException("not a JSON object: expected " + c + " at byte " + position);
        }
        position++;
    }

    private byte peek() {
        while (at() == ' ' || at() == '\n' || at() == '\r' || at() == '\t') {
            position++;
        }
        return bytes[position];
    }

    private byte at() {
        if (position >= bytes.length) {
            throw new IllegalArgumentException("not a JSON object: it ends at byte " + position);
        }
        return bytes[position];
    }
}
