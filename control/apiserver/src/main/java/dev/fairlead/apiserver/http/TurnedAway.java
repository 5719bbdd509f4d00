// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;

/** Hears of requests that are answered without the API: who asks is nobody's user, or asks for too much at one time. */
@FunctionalInterface
public interface TurnedAway {
    /** Where nobody wants to hear of them. */
    TurnedAway UNTOLD = (_, _) -> {};

    /**
     * A request was refused. May be told on an event loop, so it must not wait for anything.
     *
     * @param request without its body; without a user where it is not known who asks
     */
    void tell(Request request, Reply reply);
}
