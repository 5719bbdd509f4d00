// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import java.net.InetSocketAddress;

/**
 * Where clients come in: a bound address and port.
 *
 * @param datagrams UDP if true, else TCP
 */
public record Frontend(InetSocketAddress at, boolean datagrams) {}
