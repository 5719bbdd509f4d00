// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.exchange;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request to a Kubernetes API.
 *
 * @param method {@code GET}, {@code POST}, {@code PUT}, {@code PATCH}, {@code DELETE} …, upper case
 * @param target path and query as on the request line, percent-encoded: {@code /api/v1/pods?watch=true}
 * @param headers header names in lower case; one value each
 * @param body the body's bytes, empty when there is none; never changed after the request is made
 * @param user who asks, when the transport has established that (in-process callers, TLS client certificate, token)
 */
@SuppressWarnings("ArrayRecordComponent") // bytes travel as they are, nobody compares requests
public record Request(
        String method,
        String target,
        Map<String, String> headers,
        byte[] body,
        @Nullable User user) {
    private static final byte[] NOTHING = {};

    /** Who asks: a user name and the groups it is in. */
    public record User(String name, java.util.Set<String> groups) {}

    /** A request without body or headers. */
    public static Request of(String method, String target) {
        return new Request(method, target, Map.of(), NOTHING, null);
    }

    /** The same request with {@code header} set. */
    public Request with(String header, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(header.toLowerCase(Locale.ROOT), value);
        return new Request(method, target, Map.copyOf(all), body, user);
    }

    /** The same request with a body of the given media type. */
    public Request with(byte[] content, String mediaType) {
        return new Request(method, target, headers, content, user).with("content-type", mediaType);
    }

    /** The same request, asked by {@code asker}. */
    public Request as(User asker) {
        return new Request(method, target, headers, body, asker);
    }

    /** The path without the query. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The value of {@code name} (lower case), or null. */
    public @Nullable String header(String name) {
        return headers.get(name);
    }
}
