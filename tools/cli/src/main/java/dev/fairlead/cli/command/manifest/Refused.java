// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.manifest;

import dev.fairlead.client.ApiError;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;

/** Tells a server's refusal as what is wrong in the file. */
public final class Refused {
    private Refused() {}

    /** A line for each field the server names, at its place; one at the object's beginning when it names none. */
    public static List<String> lines(Manifest manifest, ApiError error) {
        List<String> lines = new ArrayList<>();
        for (Tree cause : error.causes()) {
            String field = cause.text("field", "");
            if (!field.isEmpty()) {
                String line = manifest.at(field, field + ": " + cause.text("message", error.reason()));
                if (!lines.contains(line)) {
                    lines.add(line);
                }
            }
        }
        if (lines.isEmpty()) {
            lines.add(whole(manifest, error));
        }
        return lines;
    }

    private static String whole(Manifest manifest, ApiError error) {
        Tree details = error.status().tree("details");
        if (error.isNotFound() && details.text("kind", "").equals("namespaces")) {
            return manifest.at(
                    "metadata.namespace",
                    "there is no namespace \"" + manifest.namespace()
                            + "\"; create it first, or apply a Namespace of that name with this object");
        }
        return manifest.at("", error.getMessage() == null ? error.reason() : error.getMessage());
    }
}
