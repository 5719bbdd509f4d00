// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.echo;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A line for each request, but at most ten in a second: who looks at a log wants to see that and whence requests come. */
final class RequestLog {
    private static final int PER_SECOND = 10;
    private static final long SECOND = 1_000_000_000;

    private final Consumer<String> out;
    private final LongSupplier nanos;
    private long began;
    private int written;
    private int omitted;

    RequestLog(Consumer<String> out, LongSupplier nanos) {
        this.out = out;
        this.nanos = nanos;
        this.began = nanos.getAsLong();
    }

    synchronized void note(String line) {
        long now = nanos.getAsLong();
        if (now - began >= SECOND) {
            if (omitted > 0) {
                out.accept("… and " + omitted + " more in that second");
            }
            began = now;
            written = 0;
            omitted = 0;
        }
        if (written == PER_SECOND) {
            omitted++;
            return;
        }
        written++;
        out.accept(line);
    }
}
