// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import com.sun.net.httpserver.HttpHandler;
import dev.fairlead.junit.PodGroup;
import dev.fairlead.junit.engine.play.Part;
import dev.fairlead.junit.engine.play.Troupe;
import dev.fairlead.wire.select.LabelSelector;

/** The pods of a selector, for whoever casts them. */
record LocalGroup(Troupe troupe, String namespace, LabelSelector selector) implements PodGroup {
    private PodGroup cast(Part part) {
        Asking.asking(() -> {
            troupe.cast(namespace, selector, part);
            return null;
        });
        return this;
    }

    private static int port(int number) {
        if (number < 1 || number > 65_535) {
            throw new IllegalArgumentException("port " + number + ": from 1 to 65535");
        }
        return number;
    }

    @Override
    public PodGroup serveHttp(HttpHandler handler) {
        return cast(new Part.Handler(0, handler));
    }

    @Override
    public PodGroup serveHttp(int port, HttpHandler handler) {
        return cast(new Part.Handler(port(port), handler));
    }

    @Override
    public PodGroup servedAt(int localPort) {
        return cast(new Part.Server(0, port(localPort)));
    }

    @Override
    public PodGroup servedAt(int port, int localPort) {
        return cast(new Part.Server(port(port), port(localPort)));
    }

    @Override
    public PodGroup run() {
        return cast(new Part.Command());
    }

    @Override
    public PodGroup nobody() {
        return cast(new Part.Nobody());
    }
}
