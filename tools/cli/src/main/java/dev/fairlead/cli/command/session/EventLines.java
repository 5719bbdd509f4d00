// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Stream;
import dev.fairlead.wire.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The events of a watch, one a line. */
public final class EventLines implements AutoCloseable {
    private final BufferedReader lines;

    /** Reads {@code stream}, and closes it when closed. */
    public EventLines(Stream stream) {
        lines = new BufferedReader(new InputStreamReader(new Incoming(stream), StandardCharsets.UTF_8));
    }

    /** The next event, waiting for one; null at the end. */
    public @Nullable Tree next() throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
                return new Tree(Json.object(line.getBytes(StandardCharsets.UTF_8)));
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
