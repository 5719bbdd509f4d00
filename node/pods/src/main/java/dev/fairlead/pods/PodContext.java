// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.pods.log.Logs;
import dev.fairlead.pods.network.PodNetwork;
import dev.fairlead.wire.time.Time;

/** What every pod's owner works with. */
record PodContext(
        PodSettings settings,
        PodApi api,
        PodNetwork network,
        Rotation rotation,
        PodEvents events,
        ServiceSource services,
        Records records,
        Logs logs,
        Time time) {}
