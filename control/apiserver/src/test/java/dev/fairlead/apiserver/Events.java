// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Stream;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The events of a watch, one after the other, however the bytes come. */
final class Events implements AutoCloseable {
    private final Stream stream;
    private final StringBuilder rest = new StringBuilder();

    Events(Stream stream) {
        this.stream = stream;
    }

    /** {@code ADDED web}, {@code BOOKMARK}, or {@code end}. */
    String next() {
        Tree event = event();
        if (event == null) {
            return "end";
        }
        String name = event.tree("object").tree("metadata").text("name", "");
        return (event.text("type", "") + " " + name).strip();
    }

    @Nullable
    Tree event() {
        try {
            while (rest.indexOf("\n") < 0) {
                byte[] bytes = stream.next();
                if (bytes == null) {
                    return null;
                }
                rest.append(new String(bytes, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        int end = rest.indexOf("\n");
        String line = rest.substring(0, end);
        rest.delete(0, end + 1);
        return new Tree(Json.object(line.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        stream.close();
    }
}
