// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Revisions;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.controllers.OwnWrites;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.endpoints.SlicePlan;
import java.io.IOException;
import java.util.Map;

/** Makes a plan's writes, in the plan's order, and remembers them as a controller's own. */
final class SliceWriter {
    private final ApiClient client;
    private final OwnWrites<EndpointSlice> writes;

    SliceWriter(ApiClient client, OwnWrites<EndpointSlice> writes) {
        this.client = client;
        this.writes = writes;
    }

    /** Works on {@code key} unless the cache lacks something written for it; see {@link OwnWrites#work}. */
    Outcome work(ObjectName key, WorkQueue.Worker<ObjectName> worker) throws IOException, InterruptedException {
        return writes.work(key, worker);
    }

    /** Makes the writes; the newest revision written, 0 for none. */
    long write(ObjectName key, SlicePlan plan) throws IOException, InterruptedException {
        long newest = 0;
        for (Map<String, Object> slice : plan.create()) {
            newest = Math.max(newest, create(key, slice));
        }
        for (Map<String, Object> slice : plan.update()) {
            newest = Math.max(newest, Revisions.of(client.update(Resources.ENDPOINT_SLICES, slice)));
            writes.wrote(key, newest);
        }
        for (EndpointSlice slice : plan.delete()) {
            client.deleteIfThere(
                    Resources.ENDPOINT_SLICES,
                    slice.meta().objectName(),
                    Deletion.of(slice.meta().uid()));
        }
        return newest;
    }

    private long create(ObjectName key, Map<String, Object> slice) throws IOException, InterruptedException {
        try {
            long revision = Revisions.of(client.create(Resources.ENDPOINT_SLICES, slice));
            writes.wrote(key, revision);
            return revision;
        } catch (ApiError error) {
            if (error.isNamespaceTerminating()) {
                return 0; // what else is in the namespace will soon be gone too
            }
            throw error;
        }
    }
}
