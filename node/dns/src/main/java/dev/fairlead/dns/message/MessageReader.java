// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the parts of a message, checking every length. Pointers lead backwards only, so that every name ends. */
final class MessageReader {
    private static final int MOST_OPTIONS = 8;

    private final ByteBuffer bytes;
    private final int base;

    MessageReader(ByteBuffer bytes) {
        this.bytes = bytes;
        this.base = bytes.position();
    }

    int at() {
        return bytes.position() - base;
    }

    int remaining() {
        return bytes.remaining();
    }

    int u8() throws MalformedException {
        need(1);
        return bytes.get() & 0xff;
    }

    int u16() throws MalformedException {
        need(2);
        return bytes.getShort() & 0xffff;
    }

    long u32() throws MalformedException {
        need(4);
        return bytes.getInt() & 0xffff_ffffL;
    }

    void skip(int count) throws MalformedException {
        need(count);
        bytes.position(bytes.position() + count);
    }

    /** The bytes from {@code start} (in the message) to here. */
    byte[] slice(int start) {
        byte[] slice = new byte[at() - start];
        bytes.get(base + start, slice);
        return slice;
    }

    /** Reads a name in lower case, following compression pointers (RFC 1035 §4.1.4). */
    DnsName name() throws MalformedException {
        List<String> labels = new ArrayList<>(8);
        int after = -1;
        int lowest = at();
        int octets = 1;
        while (true) {
            int length = u8();
            if (length == 0) {
                break;
            }
            if (length >= 0xc0) {
                int target = (length & 0x3f) << 8 | u8();
                if (after < 0) {
                    after = bytes.position();
                }
                if (target >= lowest) {
                    throw new MalformedException("a compression pointer that does not lead backwards");
                }
                lowest = target;
                bytes.position(base + target);
                continue;
            }
            octets += length + 1;
            if (length > 63 || octets > 255) {
                throw new MalformedException("a label or name that is too long");
            }
            labels.add(label(length));
        }
        if (after >= 0) {
            bytes.position(after);
        }
        return labels.isEmpty() ? DnsName.ROOT : new DnsName(List.copyOf(labels));
    }

    private String label(int length) throws MalformedException {
        need(length);
        char[] chars = new char[length];
        for (int i = 0; i < length; i++) {
            int octet = bytes.get() & 0xff;
            chars[i] = (char) (octet >= 'A' && octet <= 'Z' ? octet + 32 : octet);
        }
        return new String(chars);
    }

    void skipRecord() throws MalformedException {
        name();
        skip(8);
        skip(u16());
    }

    /** Reads one record of the additional section: what it says if it is OPT, else null. */
    Query.@Nullable Edns edns() throws MalformedException {
        DnsName owner = name();
        int type = u16();
        int size = u16();
        long extended = u32();
        int length = u16();
        if (type != RecordType.OPT) {
            skip(length);
            return null;
        }
        if (!owner.labels().isEmpty()) {
            throw new MalformedException("an OPT record whose owner is not the root");
        }
        return new Query.Edns(size, (int) (extended >> 16 & 0xff), (extended & 0x8000) != 0, options(length));
    }

    private List<EdnsOption> options(int length) throws MalformedException {
        need(length);
        int end = at() + length;
        List<EdnsOption> options = List.of();
        while (at() < end) {
            int code = u16();
            int count = u16();
            int start = at();
            skip(count);
            if (at() > end) {
                throw new MalformedException("an option longer than its record");
            }
            if (code >= EdnsOption.COOKIE && code <= EdnsOption.PADDING && options.size() < MOST_OPTIONS) {
                if (code == EdnsOption.COOKIE && count != 8 && (count < 16 || count > 40)) {
                    throw new MalformedException("a cookie of a wrong length"); // RFC 7873 §5.2.2
                }
                options = options.isEmpty() ? new ArrayList<>(MOST_OPTIONS) : options;
                options.add(new EdnsOption(code, slice(start)));
            }
        }
        return options;
    }

    private void need(int count) throws MalformedException {
        if (bytes.remaining() < count) {
            throw new MalformedException("the message ends too early");
        }
    }
}
