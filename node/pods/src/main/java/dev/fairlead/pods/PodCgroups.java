// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.process.Cgroups;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The cgroups of one pod, one for each container, where this machine allows them: they catch the processes that left
 * their session, which signals to a process group cannot reach.
 *
 * @param parent null where there are none
 */
record PodCgroups(@Nullable Path parent, String uid) {
    private static final System.Logger LOG = System.getLogger(PodCgroups.class.getName());

    /** The group of a container, made when missing; null where there is none. */
    @Nullable
    Path of(String container) {
        return parent == null ? null : Cgroups.create(Cgroups.create(parent, "pod-" + uid), container);
    }

    /** Kills whoever is left of a container. */
    void kill(String container) {
        if (parent != null) {
            attempt(() -> Cgroups.kill(parent.resolve("pod-" + uid).resolve(container)));
        }
    }

    /** Removes the pod's groups, as far as they are empty. */
    void remove() {
        if (parent == null) {
            return;
        }
        Path pod = parent.resolve("pod-" + uid);
        try (var containers = Files.newDirectoryStream(pod, Files::isDirectory)) {
            containers.forEach(group -> attempt(() -> {
                Cgroups.kill(group);
                Cgroups.remove(group);
            }));
        } catch (java.io.IOException gone) {
            return;
        }
        attempt(() -> Cgroups.remove(pod));
    }

    private void attempt(Runnable change) {
        try {
            change.run();
        } catch (KernelException refused) {
            LOG.log(System.Logger.Level.DEBUG, "cgroups of pod {0}: {1}", uid, refused.getMessage());
        }
    }
}
