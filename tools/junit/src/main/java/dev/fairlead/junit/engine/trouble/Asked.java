// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.trouble;

import dev.fairlead.wire.exchange.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a request's path and query name.
 *
 * @param group empty for the core group, and for paths of no kind
 * @param plural empty for paths of no kind
 * @param name empty for all
 */
record Asked(String group, String plural, String collection, String name, Map<String, String> query) {
    private static final int GROUP_AND_VERSION = 3;

    static Asked of(Request request) {
        List<String> parts = new ArrayList<>(List.of(request.path().substring(1).split("/")));
        boolean named = parts.size() > GROUP_AND_VERSION && parts.getFirst().equals("apis");
        if (!named && !(parts.size() > 2 && parts.getFirst().equals("api"))) {
            return new Asked("", "", "", "", Map.of());
        }
        int kind = named ? GROUP_AND_VERSION : 2;
        if (parts.get(kind).equals("namespaces")
                && parts.size() > kind + 2
                && !isPartOfNamespace(parts.get(kind + 2))) {
            kind += 2;
        }
        return new Asked(
                named ? parts.get(1) : "",
                parts.get(kind),
                "/" + String.join("/", parts.subList(0, kind + 1)),
                parts.size() > kind + 1 ? parts.get(kind + 1) : "",
                query(request.target()));
    }

    private static boolean isPartOfNamespace(String part) {
        return part.equals("status") || part.equals("finalize");
    }

    private static Map<String, String> query(String target) {
        Map<String, String> found = new LinkedHashMap<>();
        int start = target.indexOf('?');
        if (start >= 0) {
            for (String pair : target.substring(start + 1).split("&")) {
                int equals = pair.indexOf('=');
                found.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
            }
        }
        return found;
    }

    /** The value of a parameter, decoded; empty when it is not there. */
    String parameter(String key) {
        return URLDecoder.decode(query.getOrDefault(key, ""), StandardCharsets.UTF_8);
    }

    boolean watches() {
        String value = query.getOrDefault("watch", "false");
        return !value.equals("false") && !value.equals("0");
    }
}
