// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel;

/**
 * The kernel (or libc) refused an operation. Carries what was tried, the error number and the kernel's own words where it
 * gave any (netlink's extended acknowledgement); callers ask questions and never read the text.
 */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String operation;
    private final int errno;
    private final String kernelText;

    /**
     * @param operation what was tried, with its objects: {@code "create veth a0 with peer eth0"}
     * @param errno the positive error number, 0 when the trouble is not the kernel's (a missing libc function)
     * @param kernelText the kernel's own explanation, empty when it gave none
     */
    public KernelException(String operation, int errno, String kernelText) {
        super(sentence(operation, errno, kernelText));
        this.operation = operation;
        this.errno = errno;
        this.kernelText = kernelText;
    }

    public KernelException(String operation, int errno) {
        this(operation, errno, "");
    }

    private static String sentence(String operation, int errno, String kernelText) {
        StringBuilder sentence = new StringBuilder(operation).append(": ");
        String text = errno == 0 ? "" : Errno.text(errno);
        sentence.append(kernelText.isEmpty() ? text : kernelText);
        if (errno != 0) {
            sentence.append(" (").append(Errno.name(errno)).append(')');
        }
        return sentence.toString();
    }

    public String operation() {
        return operation;
    }

    /** Positive error number, see {@link Errno}. */
    public int errno() {
        return errno;
    }

    public String kernelText() {
        return kernelText;
    }

    /** The object (file, link, route, process) is not there. */
    public boolean isNotFound() {
        return errno == Errno.ENOENT || errno == Errno.ENODEV || errno == Errno.ESRCH || errno == Errno.ENXIO;
    }

    /** The object (link, address, route) is there already. */
    public boolean isExists() {
        return errno == Errno.EEXIST;
    }

    /** In use: by another object, or an address by another socket. */
    public boolean isBusy() {
        return errno == Errno.EBUSY || errno == Errno.EADDRINUSE;
    }

    /** This process lacks the capability, or the file's mode forbids it. */
    public boolean isPermission() {
        return errno == Errno.EPERM || errno == Errno.EACCES || errno == Errno.EROFS;
    }

    /** This kernel (or libc) has no such feature. */
    public boolean isUnsupported() {
        return errno == Errno.ENOSYS
                || errno == Errno.EOPNOTSUPP
                || errno == Errno.EPROTONOSUPPORT
                || errno == Errno.EAFNOSUPPORT
                || errno == 0;
    }
}
