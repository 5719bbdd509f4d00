// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.exchange;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request to a Kubernetes API.
 *
 * @param method {@code GET}, {@code POST}, {@code PUT}, {@code PATCH}, {@code DELETE} …, upper case
 * @param target path and query as on the request line, percent-encoded: {@code /api/v1/pods?watch=true}
 * @param headers header names in lower case; one value each, where several came joined by {@code ", "}, those that begin
 *     with {@code impersonate-} by line feeds, which no value has in itself
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

    /**
     * Who asks.
     *
     * @param groups those the user is in
     * @param uid tells users of the same name apart who follow each other in time; mostly empty
     * @param extra whatever else is known: of a service account's token, the pod it was made for
     */
    public record User(String name, Set<String> groups, String uid, Map<String, List<String>> extra) {
        /** A user of whom no more is known. */
        public User(String name, Set<String> groups) {
            this(name, groups, "", Map.of());
        }

        /** The same user in these groups. */
        public User in(Set<String> others) {
            return new User(name, others, uid, extra);
        }
    }

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
