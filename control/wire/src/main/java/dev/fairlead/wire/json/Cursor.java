// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.json;

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
    void copyMember(Growing out) {
        out.add(bytes, memberStart, position);
    }

    /** Copies the rest of the bytes from this place, which is a closing bracket too far when the object has {@code ended}. */
    void copyRest(Growing out, boolean ended) {
        int from = ended ? position - 1 : position;
        out.add(bytes, from, bytes.length);
    }

    /** Where the member just stepped over begins. */
    int memberStart() {
        return memberStart;
    }

    /** Where the cursor stands: behind what was stepped over. */
    int position() {
        return position;
    }

    /** Copies from one place to another. */
    void copy(Growing out, int from, int to) {
        out.add(bytes, from, to);
    }

    private void skipContainer() {
        byte[] in = bytes;
        int at = position;
        int depth = 0;
        boolean text = false;
        do {
            if (at >= in.length) {
                throw ends(at);
            }
            byte here = in[at++];
            if (here == '"') {
                text = !text;
            } else if (text) {
                at += here == '\\' ? 1 : 0;
            } else if (here == '{' || here == '[') {
                depth++;
            } else if (here == '}' || here == ']') {
                depth--;
            }
        } while (depth > 0);
        position = at;
    }

    private void skipString() {
        if (at() != '"') {
            throw new IllegalArgumentException("not a JSON object: expected a name at byte " + position);
        }
        byte[] in = bytes;
        int at = position + 1;
        while (true) {
            if (at >= in.length) {
                throw ends(at);
            }
            byte here = in[at++];
            if (here == '"') {
                position = at;
                return;
            }
            at += here == '\\' ? 1 : 0;
        }
    }

    private static IllegalArgumentException ends(int at) {
        return new IllegalArgumentException("not a JSON object: it ends at byte " + at);
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
            throw ends(position);
        }
        return bytes[position];
    }
}
