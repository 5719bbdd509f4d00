// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.routes.Frontend;
import java.net.InetSocketAddress;

/**
 * A virtual frontend and where it is really bound: the same wherever possible, else the same address with a free port,
 * because the port is taken by another program or needs a privilege this process lacks.
 */
public record Binding(ObjectName service, Frontend virtual, InetSocketAddress bound) {}
