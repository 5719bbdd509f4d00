// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.namespace;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import java.io.IOException;
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
                channel.write(java.nio.charset.StandardCharsets.US_ASCII.encode(value));
            }
        } catch (IOException e) {
            throw refused("write " + key + "=" + value, e);
        }
    }

    /** The value without its line end. */
    public static String read(String key) {
        try {
            return Files.readString(path(key)).strip();
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
