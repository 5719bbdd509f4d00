// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.exchange;

import java.io.InputStream;
import java.io.OutputStream;

/** A {@link Command} that runs. Its streams block, and want platform threads of their own. */
public interface RunningCommand extends AutoCloseable {
    /** What the program reads; closing it is the end of its input, except with a terminal. */
    OutputStream input();

    /** What the program writes; ends with it. */
    InputStream output();

    /** What the program writes as errors; empty with a terminal. */
    InputStream errors();

    /** Tells the program how large its terminal is; nothing without one. */
    void resize(int columns, int rows);

    /** Waits for the program's end: its exit code, or 128 and the number of the signal that ended it. */
    int await() throws InterruptedException;

    /** Ends the program if it still runs, and its streams. May be called twice. */
    @Override
    void close();
}
