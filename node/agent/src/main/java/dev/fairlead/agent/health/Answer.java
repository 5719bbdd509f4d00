// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.health;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An HTTP answer.
 *
 * @param headers besides Content-Length, Date and Connection
 */
public record Answer(int status, Map<String, String> headers, String body) {
    /** With a media type, and word that it means what it says. */
    public static Answer of(int status, String mediaType, String body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", mediaType);
        headers.put("X-Content-Type-Options", "nosniff");
        return new Answer(status, headers, body);
    }

    /** For paths there are not. */
    public static Answer notFound() {
        return of(404, "text/plain; charset=utf-8", "404 page not found\n");
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
