// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.cache.Handler;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.endpoints.Zones;
import org.jspecify.annotations.Nullable;

/** Keeps the zones of the cluster up to date, and says when they are others. Nodes' heartbeats cost nothing. */
final class Topology implements Handler<Node> {
    private final Informer<Node> nodes;
    private final Runnable changed;
    private boolean stale;
    private volatile Zones zones = Zones.UNKNOWN;

    Topology(Informer<Node> nodes, Runnable changed) {
        this.nodes = nodes;
        this.changed = changed;
        nodes.handle(this);
    }

    Zones zones() {
        return zones;
    }

    @Override
    public void changed(ObjectName name, @Nullable Node old, @Nullable Node now, long revision) {
        stale |= old == null
                || now == null
                || Zones.counts(old) != Zones.counts(now)
                || old.cpuMillis() != now.cpuMillis()
                || !old.zone().equals(now.zone());
    }

    @Override
    public void reached(long revision) {
        if (stale) {
            stale = false;
            Zones now = Zones.of(nodes.all());
            if (!now.equals(zones)) {
                zones = now;
                changed.run();
            }
        }
    }
}
