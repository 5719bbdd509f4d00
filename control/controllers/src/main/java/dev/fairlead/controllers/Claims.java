// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which pods a workload has: its own, with orphans that it takes on, without those that no longer fit, which it lets go.
 *
 * @param writes told of what is written here, so that the workload waits until its cache shows it
 */
public record Claims(ApiClient client, Observed seen, OwnWrites<Pod> writes) {
    /**
     * The pods of a workload. One that is being deleted takes on nobody.
     *
     * @param kind the workload's
     * @param fits whether a pod's labels and name are those of its pods
     * @param wanted whether an orphan that fits is worth taking on
     */
    public List<Pod> of(Resource kind, ObjectMeta workload, Predicate<Pod> fits, Predicate<Pod> wanted)
            throws IOException, InterruptedException {
        List<Pod> claimed = new ArrayList<>();
        for (Pod pod : seen.podsOf(workload.uid())) {
            if (fits.test(pod)) {
                claimed.add(pod);
            } else if (!pod.meta().deleting()) {
                wrote(workload, Ownership.release(client, Resources.PODS, pod.meta(), workload.uid()));
            }
        }
        if (workload.deleting()) {
            return claimed;
        }
        OwnerReference owner = Ownership.controller(kind.apiVersion(), kind.kind(), workload);
        for (Pod pod : seen.orphanPods(workload.namespace())) {
            if (!pod.meta().deleting() && fits.test(pod) && wanted.test(pod)) {
                long revision = Ownership.adopt(client, Resources.PODS, pod.meta(), owner, kind, workload.namespace());
                wrote(workload, revision);
                if (revision != 0) {
                    claimed.add(pod);
                }
            }
        }
        return claimed;
    }

    private void wrote(ObjectMeta workload, long revision) {
        if (revision != 0) {
            ObjectName name = workload.objectName();
            writes.wrote(name, revision);
        }
    }
}
