// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.status;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.PodSpec;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a pod at one moment.
 *
 * @param current the pod's conditions: our own as last written, those of others as the API has them
 * @param generation of the pod object; 0 when unknown
 * @param init init containers in their order
 * @param containers the other containers in their order
 * @param network whether the pod's network is up
 * @param ended whether no container of this pod will ever run again
 * @param podIps primary first
 * @param complaint why the pod is not ready although its containers are, or null
 */
public record PodObservation(
        PodSpec spec,
        Tree current,
        long generation,
        List<ContainerObservation> init,
        List<ContainerObservation> containers,
        boolean network,
        boolean ended,
        List<String> podIps,
        List<String> hostIps,
        Instant startTime,
        @Nullable Complaint complaint) {

    /** A reason in one word and a sentence that says what to do. */
    public record Complaint(String reason, String message) {}
}
