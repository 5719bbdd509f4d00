// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import dev.fairlead.client.ApiError;
import dev.fairlead.client.Selection;
import dev.fairlead.client.Watch;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.io.IOException;

/** Waits for objects that were told to go. */
public final class Ending {
    private static final int WATCH_SECONDS = 60;

    private Ending() {}

    /** The uid of the object that an answer to a deletion is about; empty when it does not say. */
    public static String uid(Tree answer) {
        String status = answer.tree("details").text("uid", "");
        return status.isEmpty() ? answer.tree("metadata").text("uid", "") : status;
    }

    /** Returns when there is no such object any more, or another one of its name. */
    public static void await(Session session, Resource resource, ObjectName name, String uid)
            throws IOException, InterruptedException {
        while (true) {
            Tree object = session.client().find(resource, name);
            if (object == null || !uid.isEmpty() && !uid.equals(uid(object))) {
                return;
            }
            Selection only = Selection.in(name.namespace()).where("metadata.name=" + name.name());
            long revision = Long.parseLong(object.tree("metadata").text("resourceVersion", "0"));
            try (Watch watch = session.client().watch(resource, only, revision, WATCH_SECONDS)) {
                for (Watch.Event event = watch.next(); event != null; event = watch.next()) {
                    if (event.type() == Watch.Type.DELETED) {
                        break;
                    }
                }
            } catch (ApiError error) {
                if (!error.isGone()) {
                    throw error;
                }
            }
        }
    }
}
