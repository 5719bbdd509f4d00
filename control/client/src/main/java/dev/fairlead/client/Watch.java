// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Stream;
import java.io.IOException;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The changes of a kind as they come, pulled by one reader. */
public final class Watch implements AutoCloseable {
    /** What an event says. */
    public enum Type {
        ADDED,
        MODIFIED,
        /** The object as it was last, with the revision of its deletion. */
        DELETED,
        /** Nothing changed up to the object's resourceVersion. */
        BOOKMARK
    }

    /**
     * One event.
     *
     * @param last whether it ends what had arrived together: none after it is at hand yet
     */
    public record Event(Type type, Tree object, boolean last) {
        /** The revision of the event. */
        public long revision() {
            return Revisions.of(object);
        }
    }

    private final Stream stream;
    private final UnaryOperator<String> texts;
    private final Frames frames = new Frames();
    private Frames.@Nullable Frame ahead;

    Watch(Stream stream, UnaryOperator<String> texts) {
        this.stream = stream;
        this.texts = texts;
    }

    /**
     * The next event, waiting for one; null when the server ended the watch.
     *
     * @throws ApiError for an ERROR event; with {@link ApiError#isGone} the watcher must list again
     */
    public @Nullable Event next() throws IOException, InterruptedException {
        Frames.Frame frame = ahead == null ? frames.next() : ahead;
        while (frame == null) {
            byte[] piece = stream.next();
            if (piece == null) {
                return null;
            }
            frames.add(piece);
            frame = frames.next();
        }
        ahead = frames.next();
        Tree event = Bodies.read(frame.bytes(), frame.from(), frame.to(), texts);
        Tree object = event.tree("object");
        String type = event.text("type", "");
        return switch (type) {
            case "ADDED", "MODIFIED", "DELETED", "BOOKMARK" -> new Event(Type.valueOf(type), object, ahead == null);
            case "ERROR" -> throw ApiError.of(500, object);
            default -> throw new IOException(String.format(Locale.ROOT, "a watch sent an event of type '%s'", type));
        };
    }

    @Override
    public void close() {
        stream.close();
    }
}
