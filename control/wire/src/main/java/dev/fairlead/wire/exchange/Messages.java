// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.exchange;

/** A {@link Duplex} whose pieces are messages that keep their bounds: over HTTP a WebSocket, one binary message each. */
public interface Messages extends Duplex {}
