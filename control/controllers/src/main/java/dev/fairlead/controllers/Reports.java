// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.util.Map;

/** Writes what became of an object into its status. */
public final class Reports {
    private Reports() {}

    /** Sets fields of the status of that very object; one that has gone, or another of its name, needs none. */
    public static void status(ApiClient client, Resource kind, ObjectMeta object, Map<String, Object> status)
            throws IOException, InterruptedException {
        Patch patch = new Patch.Merge(Values.object("metadata", Values.object("uid", object.uid()), "status", status));
        try {
            client.patch(kind, object.objectName(), "status", patch);
        } catch (ApiError error) {
            if (!error.isNotFound() && !error.isConflict()) {
                throw error;
            }
        }
    }
}
