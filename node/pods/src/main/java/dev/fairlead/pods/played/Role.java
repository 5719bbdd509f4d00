// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.played;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.ContainerSpec;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * One start of one container, with all that a process in its place would be given.
 *
 * @param uid the pod's: a pod made anew under the same name has another
 * @param object the whole pod as the API has it now
 * @param container with its declared ports, and image and command before expansion
 * @param init whether it is an init container: unless it is a sidecar ({@code container().sidecar()}) it has to
 *     end, with code 0, before the next one starts
 * @param command program and arguments after expansion; only the arguments, possibly none, when the manifest leaves the program to
 *     the image
 * @param environment the whole of it after expansion: {@code POD_IP}, the variables of Services, {@code env} and {@code envFrom}
 * @param addresses the pod's, primary first. On the loopback network they are this machine's, and an actor listens there
 * @param attempt 0 for the first start, one more for each restart
 * @param log the container's log, as {@code kubectl logs} shows it. Not buffered; safe for use by many threads; what is written
 *     after the exit is dropped. Need not be closed
 * @param changed to be called, by any thread, when {@link Actor#ready} or {@link Actor#probed} has another answer than before
 */
public record Role(
        ObjectName pod,
        String uid,
        Tree object,
        ContainerSpec container,
        boolean init,
        List<String> command,
        Map<String, String> environment,
        List<IpAddress> addresses,
        int attempt,
        OutputStream log,
        Runnable changed) {}
