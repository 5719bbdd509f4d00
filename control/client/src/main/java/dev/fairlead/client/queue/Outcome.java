// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How the work on one key ended. */
public sealed interface Outcome {
    /** The world is as it should be, as far as this key goes. */
    record Done() implements Outcome {}

    /**
     * Not yet.
     *
     * @param after when to look again; null leaves it to the queue's {@link Backoff}
     * @param why what is missing, for the log
     */
    record Retry(@Nullable Duration after, String why) implements Outcome {}

    /**
     * Looking again without a change would end the same way: something a person must correct.
     *
     * @param why what is wrong and what would be right
     */
    record Refused(String why) implements Outcome {}

    /** Nothing more to do. */
    static Outcome done() {
        return new Done();
    }

    /** Look again after {@code delay}. */
    static Outcome retry(Duration delay, String why) {
        return new Retry(delay, why);
    }

    /** Look again, later with each failure in a row. */
    static Outcome retry(String why) {
        return new Retry(null, why);
    }

    /** Wait for a change. */
    static Outcome refused(String why) {
        return new Refused(why);
    }
}
