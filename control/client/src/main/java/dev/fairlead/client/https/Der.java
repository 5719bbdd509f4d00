// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** As much DER as wrapping an old private key into PKCS#8 takes: {@code SEQUENCE {0, algorithm, OCTET STRING key}}. */
final class Der {
    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    /** {@code [0]}, the curve's name in a SEC1 key. */
    private static final int PARAMETERS = 0xA0;

    private static final byte[] ZERO = {INTEGER, 1, 0};
    /** OID 1.2.840.113549.1.1.1 and NULL. */
    private static final byte[] RSA = {6, 9, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 1, 1, 1, 5, 0};
    /** OID 1.2.840.10045.2.1; the curve's OID follows. */
    private static final byte[] EC = {6, 7, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 2, 1};

    private Der() {}

    /** PKCS#8 of a PKCS#1 {@code RSAPrivateKey}. */
    static byte[] pkcs8OfRsa(byte[] key) {
        return wrap(RSA, key);
    }

    /** PKCS#8 of a SEC1 {@code ECPrivateKey}, which must name its curve. */
    static byte[] pkcs8OfEc(byte[] key) throws IOException {
        ByteBuffer fields = value(ByteBuffer.wrap(key), SEQUENCE);
        while (fields.hasRemaining()) {
            int tag = fields.get(fields.position()) & 0xFF;
            ByteBuffer field = value(fields, tag);
            if (tag == PARAMETERS) {
                byte[] curve = new byte[field.remaining()];
                field.get(curve);
                return wrap(join(EC, curve), key);
            }
        }
        throw new IOException("the EC private key does not name its curve");
    }

    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return tagged(SEQUENCE, join(ZERO, tagged(SEQUENCE, algorithm), tagged(OCTET_STRING, key)));
    }

    /** The contents of the next element, which must have {@code tag}; moves on behind it. */
    private static ByteBuffer value(ByteBuffer in, int tag) throws IOException {
        if (in.remaining() < 2 || (in.get() & 0xFF) != tag) {
            throw new IOException("the private key is damaged: not the DER that was expected");
        }
        int length = in.get() & 0xFF;
        if (length > 0x80) {
            int bytes = length & 0x7F;
            length = 0;
            for (int i = 0; i < bytes && in.hasRemaining(); i++) {
                length = length << 8 | in.get() & 0xFF;
            }
        }
        if (length < 0 || length > in.remaining()) {
            throw new IOException("the private key is damaged: it ends too early");
        }
        ByteBuffer contents = in.slice(in.position(), length);
        in.position(in.position() + length);
        return contents;
    }

    private static byte[] tagged(int tag, byte[] contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(contents.length + 5);
        out.write(tag);
        int length = contents.length;
        if (length < 0x80) {
            out.write(length);
        } else {
            int bytes = (39 - Integer.numberOfLeadingZeros(length)) / 8;
            out.write(0x80 | bytes);
            for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
                out.write(length >> shift);
            }
        }
        out.writeBytes(contents);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
