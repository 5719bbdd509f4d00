// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * HPACK (RFC 7541) as far as one call needs it: writes without tables, and reads what a server writes that was told to keep
 * no dynamic table. Of the static table only {@code :status} is known; other headers named by it are passed over.
 */
final class HeaderBlock {
    private static final int STATIC = 61;
    private static final int FIRST_STATUS = 8;
    private static final String[] STATUSES = {"200", "204", "206", "304", "400", "404", "500"};

    private HeaderBlock() {}

    /** One header as a literal that enters no table; its name must be in lower case. */
    static void write(ByteArrayOutputStream to, String name, String value) {
        to.write(0);
        writeText(to, name);
        writeText(to, value);
    }

    private static void writeText(ByteArrayOutputStream to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int limit = 0x7f;
        if (bytes.length < limit) {
            to.write(bytes.length);
        } else {
            to.write(limit);
            int rest = bytes.length - limit;
            for (; rest >= 0x80; rest >>>= 7) {
                to.write(rest & 0x7f | 0x80);
            }
            to.write(rest);
        }
        to.writeBytes(bytes);
    }

    /** The headers of a block, as far as they are named by their own text. */
    static Map<String, String> read(byte[] block) throws IOException {
        Map<String, String> headers = new HashMap<>();
        ByteBuffer in = ByteBuffer.wrap(block);
        try {
            while (in.hasRemaining()) {
                int first = in.get() & 0xff;
                if ((first & 0x80) != 0) {
                    indexed(number(in, first, 7), headers);
                } else if ((first & 0xe0) == 0x20) {
                    number(in, first, 5); // the size of the dynamic table: none
                } else {
                    int name = number(in, first, (first & 0x40) != 0 ? 6 : 4);
                    String key = name == 0 ? text(in) : name(name);
                    headers.put(key, text(in));
                }
            }
        } catch (BufferUnderflowException | NegativeArraySizeException cut) {
            throw new IOException("the answer's headers are cut short", cut);
        }
        return headers;
    }

    private static void indexed(int index, Map<String, String> headers) {
        int status = index - FIRST_STATUS;
        if (status >= 0 && status < STATUSES.length) {
            headers.put(":status", STATUSES[status]);
        }
    }

    private static String name(int index) {
        boolean status = index >= FIRST_STATUS && index < FIRST_STATUS + STATUSES.length;
        return status ? ":status" : index <= STATIC ? "static " + index : "dynamic " + index;
    }

    private static String text(ByteBuffer in) throws IOException {
        int first = in.get() & 0xff;
        int length = number(in, first, 7);
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return (first & 0x80) != 0 ? Huffman.text(bytes) : new String(bytes, StandardCharsets.UTF_8);
    }

    /** An integer whose first {@code bits} bits are in {@code first} (section 5.1). */
    private static int number(ByteBuffer in, int first, int bits) throws IOException {
        int limit = (1 << bits) - 1;
        int number = first & limit;
        if (number < limit) {
            return number;
        }
        for (int shift = 0; shift < 28; shift += 7) {
            int next = in.get() & 0xff;
            number += (next & 0x7f) << shift;
            if (next < 0x80) {
                return number;
            }
        }
        throw new IOException("the answer's headers hold a number that is too large");
    }
}
