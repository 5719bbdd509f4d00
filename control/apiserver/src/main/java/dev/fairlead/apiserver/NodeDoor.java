// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.wire.exchange.Reply;
import java.io.IOException;
import java.util.Map;

/** The way to what only a pod's node has. */
public interface NodeDoor {
    /**
     * The output of a pod's container.
     *
     * @param pod the stored Pod, JSON
     * @param container the container asked for; empty for the only one
     * @param options the request's parameters: {@code follow}, {@code tailLines}, {@code sinceSeconds}, {@code sinceTime},
     *     {@code timestamps}, {@code previous}, {@code limitBytes}
     * @return plain text, streamed when it is followed; or a Status that says why not
     * @throws IOException when the node cannot be reached
     */
    Reply logs(byte[] pod, String container, Map<String, String> options) throws IOException, InterruptedException;
}
