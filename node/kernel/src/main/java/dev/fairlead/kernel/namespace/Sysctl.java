// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.namespace;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Kernel settings under /proc/sys. Those under {@code net} are the ones of the calling thread's network namespace: use
 * them inside {@link Namespace#call}.
 */
public final class Sysctl {
    private static final int LONGEST = 4096;

    private Sysctl() {}

    /**
     * Sets a value.
     *
     * @param key as sysctl(8) takes it: {@code net.ipv4.ip_forward}, or {@code net/ipv4/conf/eth0.100/rp_filter} where a
     *     name holds a dot
     */
    public static void write(String key, String value) {
        try {
            // not Files.writeString: its truncation is refused by some of these files
            try (var channel = Files.newByteChannel(path(key), StandardOpenOption.WRITE)) {
                channel.write(StandardCharsets.US_ASCII.encode(value));
            }
        } catch (IOException e) {
            throw refused("write " + key + "=" + value, e);
        }
    }

    /** The value without its line end. */
    public static String read(String key) {
        // in one go: these files say nothing more to whoever has read a part, and Files.readString begins with one byte
        try (var channel = Files.newByteChannel(path(key))) {
            ByteBuffer value = ByteBuffer.allocate(LONGEST);
            channel.read(value);
            return new String(value.array(), 0, value.position(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw refused("read " + key, e);
        }
    }

    /** Whether this kernel has the setting (IPv6 may be switched off). */
    public static boolean exists(String key) {
        return Files.exists(path(key));
    }

    /** The first separator says which of the two notations it is; in the one with dots, names hold slashes for dots. */
    static Path path(String key) {
        int dot = key.indexOf('.');
        int slash = key.indexOf('/');
        boolean dotted = dot >= 0 && (slash < 0 || dot < slash);
        String file = dotted ? key.replace('/', '\0').replace('.', '/').replace('\0', '.') : key;
        return Path.of("/proc/sys", file);
    }

    private static KernelException refused(String operation, IOException e) {
        return switch (e) {
            case NoSuchFileException _ ->
                new KernelException(operation, Errno.ENOENT, "this kernel has no such setting");
            case AccessDeniedException _ -> new KernelException(operation, Errno.EACCES);
            default ->
                new KernelException(
                        operation,
                        String.valueOf(e.getMessage()).contains("Read-only") ? Errno.EROFS : Errno.EINVAL,
                        String.valueOf(e.getMessage()));
        };
    }
}
