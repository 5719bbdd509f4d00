// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes connections on to the very address that was asked for, from wherever the loop stands: how pods reach the world
 * beyond their network by way of the host's.
 */
public final class Outward implements Upstream {
    /** The world may be slow to answer. */
    public static final Limits LIMITS = new Limits(20_000, Duration.ofSeconds(60), Duration.ofSeconds(120));

    private final Traffic traffic = new Traffic();

    /** What passed, all destinations together. */
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public boolean many() {
        return true;
    }

    @Override
    public Upstream towards(InetSocketAddress asked) {
        return new One(new Target(asked, false, traffic));
    }

    /** Nobody, as long as nobody is asked for. */
    @Override
    public @Nullable Target choose(InetAddress client, List<Target> tried) {
        return null;
    }

    @Override
    public boolean has(InetAddress client, Target target) {
        return false;
    }

    private record One(Target there) implements Upstream {
        @Override
        public @Nullable Target choose(InetAddress client, List<Target> tried) {
            return tried.isEmpty() ? there : null;
        }

        @Override
        public boolean has(InetAddress client, Target target) {
            return there.equals(target);
        }
    }
}
