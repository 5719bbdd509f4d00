// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel;

/**
 * The error numbers of Linux that callers tell apart, the same on x86-64 and AArch64.
 *
 * <p>Source: {@code include/uapi/asm-generic/errno-base.h} and {@code errno.h}. The names are the kernel's, so that a
 * log line can be looked up.
 */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int ENOEXEC = 8;
    public static final int EBADF = 9;
    public static final int ECHILD = 10;
    /** The same number as EWOULDBLOCK. */
    public static final int EAGAIN = 11;

    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EPIPE = 32;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ELOOP = 40;
    public static final int ENODATA = 61;
    public static final int ERESTART = 85;
    public static final int ENOTSOCK = 88;
    public static final int EMSGSIZE = 90;
    public static final int EPROTONOSUPPORT = 93;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int EISCONN = 106;
    public static final int ENOTCONN = 107;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTUNREACH = 113;
    public static final int EALREADY = 114;
    public static final int EINPROGRESS = 115;

    private Errno() {}

    /** The kernel's name of a (positive) number, or {@code errno 4711} for one not listed here. */
    public static String name(int errno) {
        return entry(errno)[0];
    }

    /** What libc's strerror says in the C locale, or the empty string for a number not listed here. */
    public static String text(int errno) {
        return entry(errno)[1];
    }

    private static String[] entry(int errno) {
        String line = switch (errno) {
            case EPERM -> "EPERM|Operation not permitted";
            case ENOENT -> "ENOENT|No such file or directory";
            case ESRCH -> "ESRCH|No such process";
            case EINTR -> "EINTR|Interrupted system call";
            case EIO -> "EIO|Input/output error";
            case ENXIO -> "ENXIO|No such device or address";
            case E2BIG -> "E2BIG|Argument list too long";
            case ENOEXEC -> "ENOEXEC|Exec format error";
            case EBADF -> "EBADF|Bad file descriptor";
            case ECHILD -> "ECHILD|No child processes";
            case EAGAIN -> "EAGAIN|Resource temporarily unavailable";
            case ENOMEM -> "ENOMEM|Cannot allocate memory";
            case EACCES -> "EACCES|Permission denied";
            case EFAULT -> "EFAULT|Bad address";
            case EBUSY -> "EBUSY|Device or resource busy";
            case EEXIST -> "EEXIST|File exists";
            case ENODEV -> "ENODEV|No such device";
            case ENOTDIR -> "ENOTDIR|Not a directory";
            case EISDIR -> "EISDIR|Is a directory";
            case EINVAL -> "EINVAL|Invalid argument";
            case ENFILE -> "ENFILE|Too many open files in system";
            case EMFILE -> "EMFILE|Too many open files";
            case ENOSPC -> "ENOSPC|No space left on device";
            case EROFS -> "EROFS|Read-only file system";
            case EPIPE -> "EPIPE|Broken pipe";
            case ERANGE -> "ERANGE|Numerical result out of range";
            case ENAMETOOLONG -> "ENAMETOOLONG|File name too long";
            case ENOSYS -> "ENOSYS|Function not implemented";
            case ELOOP -> "ELOOP|Too many levels of symbolic links";
            case ENODATA -> "ENODATA|No data available";
            case ERESTART -> "ERESTART|Interrupted system call should be restarted";
            case ENOTSOCK -> "ENOTSOCK|Socket operation on non-socket";
            case EMSGSIZE -> "EMSGSIZE|Message too long";
            case EPROTONOSUPPORT -> "EPROTONOSUPPORT|Protocol not supported";
            case EOPNOTSUPP -> "EOPNOTSUPP|Operation not supported";
            case EAFNOSUPPORT -> "EAFNOSUPPORT|Address family not supported by protocol";
            case EADDRINUSE -> "EADDRINUSE|Address already in use";
            case EADDRNOTAVAIL -> "EADDRNOTAVAIL|Cannot assign requested address";
            case ENETDOWN -> "ENETDOWN|Network is down";
            case ENETUNREACH -> "ENETUNREACH|Network is unreachable";
            case ECONNABORTED -> "ECONNABORTED|Software caused connection abort";
            case ECONNRESET -> "ECONNRESET|Connection reset by peer";
            case ENOBUFS -> "ENOBUFS|No buffer space available";
            case EISCONN -> "EISCONN|Transport endpoint is already connected";
            case ENOTCONN -> "ENOTCONN|Transport endpoint is not connected";
            case ETIMEDOUT -> "ETIMEDOUT|Connection timed out";
            case ECONNREFUSED -> "ECONNREFUSED|Connection refused";
            case EHOSTUNREACH -> "EHOSTUNREACH|No route to host";
            case EALREADY -> "EALREADY|Operation already in progress";
            case EINPROGRESS -> "EINPROGRESS|Operation now in progress";
            default -> "errno " + errno + "|";
        };
        int bar = line.indexOf('|');
        return new String[] {line.substring(0, bar), line.substring(bar + 1)};
    }
}
