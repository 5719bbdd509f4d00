// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import dev.fairlead.core.definition.Tree;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The API answered, and said no: a Kubernetes {@code Status} with its code, reason and details. That no answer came at
 * all is a plain {@link IOException}.
 */
public final class ApiError extends IOException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;
    private final transient Tree status;

    private ApiError(int code, String reason, String message, Tree status) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.status = status;
    }

    /** Reads a {@code Status}; {@code code} is what the transport said, used when the status names none. */
    public static ApiError of(int code, Tree status) {
        int told = (int) status.whole("code", code);
        String reason = status.text("reason", "");
        return new ApiError(told, reason, status.text("message", "the API answered " + told + " " + reason), status);
    }

    /** The HTTP status code. */
    public int code() {
        return code;
    }

    /** The machine-readable reason, such as {@code AlreadyExists}; may be empty. */
    public String reason() {
        return reason;
    }

    /** The whole status; without fields when the answer was no Status. */
    public Tree status() {
        return status == null ? Tree.EMPTY : status;
    }

    /** The causes of an invalid object: reason, message and field path of each. */
    public List<Tree> causes() {
        return status().tree("details").trees("causes");
    }

    /** How long the API asks to wait before the next try, or null. */
    public @Nullable Duration retryAfter() {
        long seconds = status().tree("details").whole("retryAfterSeconds", 0);
        return seconds > 0 ? Duration.ofSeconds(seconds) : null;
    }

    /** The object, its namespace or the path is not there. */
    public boolean isNotFound() {
        return code == 404;
    }

    /** The object was changed since it was read, or a precondition (uid, resourceVersion) does not hold. */
    public boolean isConflict() {
        return code == 409 && !isAlreadyExists();
    }

    /** An object of that name is there already. */
    public boolean isAlreadyExists() {
        return code == 409 && reason.equals("AlreadyExists");
    }

    /** The revision asked for is no longer (or not yet) kept: list again. */
    public boolean isGone() {
        return code == 410;
    }

    /** This user may not do this. */
    public boolean isForbidden() {
        return code == 403;
    }

    /** Who asks is not known. */
    public boolean isUnauthorized() {
        return code == 401;
    }

    /** The object breaks rules; {@link #causes} names them. */
    public boolean isInvalid() {
        return code == 422;
    }

    /** The namespace is being deleted, so nothing can be created in it. */
    public boolean isNamespaceTerminating() {
        return isForbidden()
                && causes().stream().anyMatch(cause -> cause.text("reason", "").equals("NamespaceTerminating"));
    }

    /** The same request may succeed later: too many requests, a timeout, or the server's own trouble. */
    public boolean isTransient() {
        return code == 429 || code >= 500;
    }
}
