// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.exchange;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The body of a reply that keeps coming, pulled by its one reader. */
public interface Stream extends AutoCloseable {
    /**
     * The next piece of the body, waiting for one: for a watch that this process serves always one or more whole
     * events; from a network whatever arrived. Null at the end of the body.
     *
     * @throws IOException when the connection broke before the end
     */
    byte @Nullable [] next() throws IOException, InterruptedException;

    /** Ends the stream; a reader waiting in {@link #next} gets null or an {@link IOException}. May be called twice. */
    @Override
    void close();
}
