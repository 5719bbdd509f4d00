// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.apiserver.request.Accept;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Long answers made short for clients elsewhere (RFC 1952), as Kubernetes does from 128 KiB on. On this machine bytes are
 * cheaper than the time to pack and unpack them.
 */
final class Gzip {
    private static final int LONG = 128 * 1024;

    private Gzip() {}

    /**
     * Whether an answer is worth it.
     *
     * @param accepted the header {@code Accept-Encoding}
     * @param client where the answer goes; null when it is not known
     */
    static boolean pays(@Nullable String accepted, int length, @Nullable InetAddress client) {
        return length >= LONG
                && accepted != null
                && (client == null || !client.isLoopbackAddress())
                && Accept.of(accepted).ranges().stream()
                        .anyMatch(range -> range.type().equals("gzip")
                                && !range.parameter("q").equals("0"));
    }

    /** The same bytes, packed fast rather than well. */
    static byte[] pack(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(bytes.length / 8);
        try (GZIPOutputStream out = new Fast(packed)) {
            out.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    private static final class Fast extends GZIPOutputStream {
        Fast(ByteArrayOutputStream out) throws IOException {
            super(out, 64 * 1024);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
