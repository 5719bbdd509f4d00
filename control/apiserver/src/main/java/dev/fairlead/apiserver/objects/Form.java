// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.objects;

import dev.fairlead.wire.json.Encoded;
import dev.fairlead.wire.json.Encoded.Item;
import dev.fairlead.wire.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a client gets to see objects. One of these serves one request; a watch may change its state. */
public interface Form {
    /** The media type of one reply. */
    String mediaType();

    /** One object. */
    byte[] one(byte[] object, long revision);

    /** A list with its own metadata. */
    byte[] list(Map<String, Object> metadata, List<Item> items);

    /** What a watch event holds. */
    byte[] watched(byte[] object, long revision);

    /** What a bookmark holds: an object without anything but where the watch is. */
    byte[] bookmark(Map<String, Object> metadata);

    /** A whole watch event around what {@link #watched} or {@link #bookmark} gave. */
    default byte[] event(String type, byte[] object) {
        return Encoded.event(type, object);
    }

    /** What an ERROR event holds. */
    default byte[] status(Map<String, Object> status) {
        return Json.write(status);
    }

    /**
     * Under which name others may send what {@link #watched} gives: who has the same name makes the same bytes of the same object.
     * Null when every watch must encode for itself.
     */
    default @Nullable String shared() {
        return null;
    }
}
