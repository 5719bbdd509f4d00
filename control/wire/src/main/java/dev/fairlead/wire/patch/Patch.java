// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import dev.fairlead.wire.Problem;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.schema.ObjectType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A change to an object. */
public sealed interface Patch permits MergePatch, JsonPatch, StrategicPatch {
    /** The media type of {@link MergePatch}. */
    String MERGE = "application/merge-patch+json";

    /** The media type of {@link JsonPatch}. */
    String JSON = "application/json-patch+json";

    /** The media type of {@link StrategicPatch}. */
    String STRATEGIC = "application/strategic-merge-patch+json";

    /** The media types that {@link #read} knows. */
    List<String> MEDIA_TYPES = List.of(JSON, MERGE, STRATEGIC);

    /**
     * The object after the change. {@code object} itself is not changed; the result may share parts with it and with the
     * patch, so treat it as fixed or copy it.
     *
     * @throws PatchException when the patch does not fit the object
     */
    Map<String, Object> apply(Map<String, Object> object);

    /**
     * The patch in {@code body}.
     *
     * @param mediaType without parameters; one of {@link #MEDIA_TYPES}
     * @param type the kind's fields, which a strategic patch needs
     * @return null when the media type is none of these
     * @throws dev.fairlead.wire.SyntaxException when the body is not JSON
     * @throws PatchException when the body is JSON, but no such patch
     */
    static @Nullable Read read(String mediaType, byte[] body, ObjectType type) {
        if (!MEDIA_TYPES.contains(mediaType)) {
            return null;
        }
        Json.Read json = Json.read(body, Json.Nulls.KEEP);
        return switch (mediaType) {
            case MERGE -> new Read(new MergePatch(object(json.value())), json.duplicates());
            case STRATEGIC -> new Read(new StrategicPatch(type, object(json.value())), json.duplicates());
            default -> new Read(JsonPatch.of(json.value()), JsonPatch.problems(json));
        };
    }

    /**
     * A patch that was read.
     *
     * @param problems what its writer should know: fields given twice, and fields that no operation has
     */
    record Read(Patch patch, List<Problem> problems) {}

    @SuppressWarnings("unchecked") // the reader makes string keys only
    private static Map<String, Object> object(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw PatchException.malformed("", "a patch of this type is an object, got " + Json.describe(value));
        }
        return (Map<String, Object>) map;
    }
}
