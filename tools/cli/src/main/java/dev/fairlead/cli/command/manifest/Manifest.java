// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.manifest;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.yaml.Positions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One object as a file says it shall be.
 *
 * @param file the file as the user called it
 * @param positions where its fields stand there
 */
public record Manifest(String file, Resource resource, Map<String, Object> fields, Positions positions) {
    /** The object's name. */
    public String name() {
        return metadata().text("name", "");
    }

    /** The object's namespace; empty when it is of a kind without or names none. */
    public String namespace() {
        return resource.namespaced() ? metadata().text("namespace", "") : "";
    }

    private Tree metadata() {
        return Tree.of(fields.get("metadata"));
    }

    /** The same object in {@code namespace}. */
    public Manifest in(String namespace) {
        Map<String, Object> placed = new LinkedHashMap<>(fields);
        Map<String, Object> metadata = new LinkedHashMap<>(metadata().fields());
        metadata.put("namespace", namespace);
        placed.put("metadata", metadata);
        return new Manifest(file, resource, placed, positions);
    }

    /** Whether {@code path} is in the file. */
    boolean has(String path) {
        String whole = positions.prefix().isEmpty() ? path : positions.prefix() + "." + path;
        return positions.places().containsKey(whole);
    }

    /** A message with the place of {@code path}: {@code shop.yaml:12:5: …}. */
    public String at(String path, String message) {
        return at(file, positions, path, message);
    }

    static String at(String file, Positions positions, String path, String message) {
        return file + ":" + positions.of(path) + ": " + message;
    }
}
