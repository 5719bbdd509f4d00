// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants explained.
 *
 * @param port the name or number of the Service port it is about; empty for all
 * @param from the pod that is the client; null for no particular one
 */
public record Question(Target target, String port, @Nullable ObjectName from) {
    /** What a client tries to reach. */
    public sealed interface Target {
        /** A Service by its name. */
        record Named(ObjectName service) implements Target {
            @Override
            public String toString() {
                return service.toString();
            }
        }

        /**
         * Whatever is at an address.
         *
         * @param port 1 to 65535; 0 for any
         */
        record At(IpAddress address, int port) implements Target {
            @Override
            public String toString() {
                return Words.at(address, port);
            }
        }

        /** A node port. */
        record NodePort(int port) implements Target {
            @Override
            public String toString() {
                return "node port " + port;
            }
        }
    }

    /** About a Service as a whole. */
    public static Question about(ObjectName service) {
        return new Question(new Target.Named(service), "", null);
    }
}
