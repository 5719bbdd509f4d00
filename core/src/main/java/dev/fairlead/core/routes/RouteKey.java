// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;

/**
 * One port of one Service. Endpoint ports belong to it by name and protocol, never by number.
 *
 * @param port the port's name, empty for an unnamed one
 */
public record RouteKey(ObjectName service, String port, Protocol protocol) {
    @Override
    public String toString() {
        return service + ":" + (port.isEmpty() ? "" : port + "/") + protocol;
    }
}
