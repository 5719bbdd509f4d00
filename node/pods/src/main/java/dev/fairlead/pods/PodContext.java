// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.pods.log.Logs;
import dev.fairlead.pods.network.PodNetwork;
import dev.fairlead.wire.time.Time;
import java.util.Map;

/**
 * What every pod's owner works with.
 *
 * @param allocatable what containers without limits may use: {@code cpu} in processors, {@code memory} in bytes
 */
record PodContext(
        PodSettings settings,
        PodApi api,
        PodNetwork network,
        Rotation rotation,
        PodEvents events,
        ServiceSource services,
        Records records,
        Logs logs,
        Map<String, Long> allocatable,
        Time time) {}
