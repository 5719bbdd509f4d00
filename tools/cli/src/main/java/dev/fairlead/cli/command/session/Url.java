// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * The target of a request.
 *
 * @param text path and query, percent-encoded
 */
public record Url(String text) {
    /** The same with a query parameter, left out when {@code value} is empty. */
    public Url with(String name, String value) {
        if (value.isEmpty()) {
            return this;
        }
        return new Url(text + (text.indexOf('?') < 0 ? '?' : '&') + name + '=' + encode(value));
    }

    /** {@code part} as one part of a path or a value of a query. */
    public static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
