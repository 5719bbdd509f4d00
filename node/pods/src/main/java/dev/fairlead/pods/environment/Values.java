// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads ConfigMaps and Secrets of a pod's namespace. */
public interface Values {
    /** What the object holds, or null when there is no such object. */
    @Nullable
    Entries entries(boolean secret, String name);

    /**
     * What a ConfigMap or Secret holds.
     *
     * @param texts what may become variables: {@code data}, a Secret's decoded
     * @param binary further entries of a ConfigMap, which may become files only
     */
    record Entries(Map<String, byte[]> texts, Map<String, byte[]> binary) {
        /** Texts alone. */
        public static Entries of(Map<String, String> texts) {
            Map<String, byte[]> bytes = new LinkedHashMap<>();
            texts.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
            return new Entries(bytes, Map.of());
        }

        /** The text of an entry, or null. */
        public @Nullable String text(String key) {
            byte[] bytes = texts.get(key);
            return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
        }

        /** All entries, as files. */
        public Map<String, byte[]> files() {
            Map<String, byte[]> all = new LinkedHashMap<>(texts);
            all.putAll(binary);
            return all;
        }
    }

    /** How people are told that an object is missing. */
    static String notFound(boolean secret, String name) {
        return (secret ? "secret" : "configmap") + " \"" + name + "\" not found";
    }

    /** How people are told that an entry is missing. */
    static String noKey(boolean secret, String name, String key) {
        return "couldn't find key " + key + " in " + (secret ? "Secret" : "ConfigMap") + " " + name;
    }
}
