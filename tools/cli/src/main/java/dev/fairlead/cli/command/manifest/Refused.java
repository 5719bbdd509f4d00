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
            if (!field.isEmpty() && !follows(manifest, field, cause, error)) {
                String line = manifest.at(written(manifest, field), field + ": " + message(cause));
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

    /**
     * Whether {@code cause} only says again what is wrong with a field that is in the file: it is about one that is not, which
     * the server filled in from the other.
     */
    private static boolean follows(Manifest manifest, String field, Tree cause, ApiError error) {
        return !manifest.has(written(manifest, field))
                && error.causes().stream()
                        .anyMatch(other -> manifest.has(other.text("field", ""))
                                && message(other).equals(message(cause)));
    }

    private static String message(Tree cause) {
        return cause.text("message", "not accepted");
    }

    /** {@code spec.clusterIP} for {@code spec.clusterIPs[0]} where the file has only the former. */
    private static String written(Manifest manifest, String field) {
        String singular = field.replaceFirst("s(\\[0])?$", "");
        return !manifest.has(field) && manifest.has(singular) ? singular : field;
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
