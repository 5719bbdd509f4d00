// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every object says of itself, as far as decisions need it.
 *
 * @param uid the object's identity over time; empty before it is created
 * @param resourceVersion the store's revision of this version; 0 when unknown
 * @param generation the version of the specification; 0 for kinds that have none
 * @param creationTimestamp when it was created, to the second; null before
 * @param deletionTimestamp when it is to be gone (its end was asked for), or null
 */
public record ObjectMeta(
        String namespace,
        String name,
        String uid,
        long resourceVersion,
        long generation,
        Map<String, String> labels,
        Map<String, String> annotations,
        List<OwnerReference> ownerReferences,
        List<String> finalizers,
        @Nullable Instant creationTimestamp,
        @Nullable Instant deletionTimestamp) {
    private static final String PLAIN = "0000-00-00T00:00:00Z";

    /** Reads {@code object.metadata}. */
    public static ObjectMeta from(Tree object) {
        Tree meta = object.tree("metadata");
        String version = meta.text("resourceVersion", "");
        return new ObjectMeta(
                meta.text("namespace", ""),
                meta.text("name", ""),
                meta.text("uid", ""),
                version.isEmpty() ? 0 : Long.parseLong(version),
                meta.whole("generation", 0),
                meta.textMap("labels"),
                meta.textMap("annotations"),
                meta.trees("ownerReferences").stream().map(OwnerReference::from).toList(),
                meta.texts("finalizers"),
                instant(meta.text("creationTimestamp")),
                instant(meta.text("deletionTimestamp")));
    }

    /** Namespace and name. */
    public ObjectName objectName() {
        return new ObjectName(namespace, name);
    }

    /** Whether the object's end was asked for. */
    public boolean deleting() {
        return deletionTimestamp != null;
    }

    /** The owner that manages this object, or null. */
    public @Nullable OwnerReference controller() {
        return ownerReferences.stream()
                .filter(OwnerReference::controller)
                .findFirst()
                .orElse(null);
    }

    /** An RFC 3339 time; null when absent or not readable. */
    static @Nullable Instant instant(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return plain(text) ? seconds(text) : Instant.parse(text);
        } catch (DateTimeException notATime) {
            return null;
        }
    }

    /** Whether it looks like {@code 2026-01-02T03:04:05Z}, as nearly all do: reading that is most of reading metadata. */
    private static boolean plain(String text) {
        if (text.length() != PLAIN.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char shape = PLAIN.charAt(i);
            char here = text.charAt(i);
            if (shape == '0' ? here < '0' || here > '9' : here != shape) {
                return false;
            }
        }
        return text.charAt(17) < '6'
                && !text.startsWith("24", 11); // leap seconds and midnights are the other's to read
    }

    private static Instant seconds(String text) {
        LocalDateTime time = LocalDateTime.of(
                number(text, 0, 4),
                number(text, 5, 7),
                number(text, 8, 10),
                number(text, 11, 13),
                number(text, 14, 16),
                number(text, 17, 19));
        return Instant.ofEpochSecond(time.toEpochSecond(ZoneOffset.UTC));
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
