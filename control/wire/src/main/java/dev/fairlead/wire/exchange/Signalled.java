// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.exchange;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream that also says when something has come, so that one thread can serve thousands of them. It is read by {@link #next},
 * or by {@link #poll} and its bell, never by both.
 */
public interface Signalled extends Stream {
    /**
     * The next piece without waiting: empty when there is none yet, null at the end of the body.
     *
     * @throws java.io.UncheckedIOException when the body broke off: its reader is to notice that this was no end
     */
    byte @Nullable [] poll();

    /** After a poll that gave nothing: when to poll again though no bell has rung; zero: there is more to look at, at once. */
    Duration patience();

    /** How long until the body ends by itself, whether or not anybody reads it; zero when that is now. */
    Duration left();

    /**
     * Has {@code bell} rung whenever {@link #poll} may have something, on the thread that made it come, so it must be quick. Set
     * before the first poll.
     */
    void signal(Runnable bell);
}
