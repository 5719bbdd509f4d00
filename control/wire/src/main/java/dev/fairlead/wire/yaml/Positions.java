// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.yaml;

import java.util.Map;

/**
 * Where in a file the fields of one object stand.
 *
 * @param places from a field's path as {@link dev.fairlead.wire.FieldPath} prints it to where its name (in a list: its
 *     item) begins
 * @param prefix the path of the object itself in {@code places}: empty, or {@code items[3]} for an object in a list
 */
public record Positions(Map<String, Place> places, String prefix) {
    /**
     * A place in a text.
     *
     * @param line from 1
     * @param column from 1, in characters
     */
    public record Place(int line, int column) {
        @Override
        public String toString() {
            return line + ":" + column;
        }
    }

    /** Where {@code path} stands; where it is absent the nearest place around it that is there. */
    public Place of(String path) {
        boolean joined = prefix.isEmpty() || path.isEmpty() || path.startsWith("[");
        String at = joined ? prefix + path : prefix + "." + path;
        while (!at.isEmpty()) {
            Place place = places.get(at);
            if (place != null) {
                return place;
            }
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
        return places.getOrDefault("", new Place(1, 1));
    }

    /** Where the fields of the object at {@code path} stand. */
    public Positions under(String path) {
        return new Positions(places, prefix.isEmpty() ? path : prefix + "." + path);
    }

    /** A message with its place, as compilers print it: {@code shop.yaml:12:5 spec.ports[0].port: must be …}. */
    public String tell(String file, String path, String message) {
        return file + ":" + of(path) + " " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
