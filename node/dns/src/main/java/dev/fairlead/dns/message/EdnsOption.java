// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * An option of an OPT record (RFC 6891 §6.1.2).
 *
 * @param code its number (IANA DNS EDNS0 option codes)
 */
@SuppressWarnings("ArrayRecordComponent") // octets as they came; never compared
public record EdnsOption(int code, byte[] data) {
    /** A cookie: 8 octets of the asker, then 8 to 32 of the server if it was given some (RFC 7873). */
    public static final int COOKIE = 10;

    /** For how long a silent connection is kept, in tenths of a second (RFC 7828). */
    public static final int KEEPALIVE = 11;

    /** Octets without a meaning, so that the length tells less (RFC 7830). */
    public static final int PADDING = 12;

    private static final int HEAD = 4;

    /** How many octets these options take. */
    public static int length(List<EdnsOption> options) {
        return options.stream().mapToInt(option -> HEAD + option.data.length).sum();
    }

    /** {@code answer}, one of ours that ends with an OPT record without options, with {@code options} in it. */
    public static byte[] added(byte[] answer, List<EdnsOption> options) {
        int length = length(options);
        if (length == 0) {
            return answer;
        }
        ByteBuffer bytes = ByteBuffer.allocate(answer.length + length);
        bytes.put(answer).putShort(answer.length - 2, (short) length);
        for (EdnsOption option : options) {
            bytes.putShort((short) option.code)
                    .putShort((short) option.data.length)
                    .put(option.data);
        }
        return bytes.array();
    }

    /** Zeros that make {@code length} octets, this option among them, a multiple of {@code block}. */
    public static EdnsOption padding(int length, int block) {
        int over = (length + HEAD) % block;
        return new EdnsOption(PADDING, new byte[over == 0 ? 0 : block - over]);
    }
}
