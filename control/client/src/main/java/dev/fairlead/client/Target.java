// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import dev.fairlead.wire.Resource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Builds the request line's target: path and query, percent-encoded. */
final class Target {
    private final StringBuilder text = new StringBuilder(96);
    private boolean query;

    private Target() {}

    /** The collection of a kind, in a namespace or (empty) in all. */
    static Target of(Resource resource, String namespace) {
        Target target = new Target();
        target.text.append(resource.root());
        if (resource.namespaced() && !namespace.isEmpty()) {
            target.text.append("/namespaces/").append(encode(namespace));
        }
        target.text.append('/').append(resource.plural());
        return target;
    }

    Target part(String part) {
        if (!part.isEmpty()) {
            text.append('/').append(encode(part));
        }
        return this;
    }

    Target with(String name, String value) {
        if (!value.isEmpty()) {
            text.append(query ? '&' : '?').append(name).append('=').append(encode(value));
            query = true;
        }
        return this;
    }

    Target with(Selection selection) {
        return with("labelSelector", selection.labels()).with("fieldSelector", selection.fields());
    }

    private static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
