// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.wire.time.Time;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * Puts a shared table right within 100 ms after somebody else has changed it ({@code nft flush ruleset}, a deleted rule or
 * element).
 *
 * <p>It asks fifty times a second for the number that the kernel adds one to with every change of nftables, whoever made
 * it; where that is what our own changes account for, nothing more is done. A subscription to the kernel's events would
 * tell more, but makes every bulk load of everybody five times slower (docs/decisions/0010). Reading a large table takes
 * long: where others change theirs all the time, it is read no more than a tenth of the time.
 */
public final class Guard {
    private static final Duration PACE = Duration.ofMillis(20);
    private static final int SHARE = 10;
    private static final System.Logger LOG = System.getLogger(Guard.class.getName());

    private final NftablesPlane plane;
    private final Time time;

    private Guard(NftablesPlane plane, Time time) {
        this.plane = plane;
        this.time = time;
    }

    /** Looks after a plane until that is closed. */
    public static void over(NftablesPlane plane, Time time) {
        time.schedule(PACE, new Guard(plane, time)::look);
    }

    private void look() {
        long began = time.nanos();
        Duration pause = PACE;
        try {
            switch (plane.repair()) {
                case CLOSED -> {
                    return;
                }
                case DAMAGE ->
                    LOG.log(Level.WARNING, "somebody else changed the nftables table of Fairlead; it is as it was");
                case ELSEWHERE -> pause = pause.plusNanos(SHARE * (time.nanos() - began));
                case NOTHING -> {}
            }
        } catch (KernelException refused) {
            LOG.log(Level.WARNING, "the nftables table of Fairlead may be damaged: {0}", refused.getMessage());
        }
        time.schedule(pause, this::look);
    }
}
