// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.apiserver.request.Query;
import dev.fairlead.wire.exchange.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a request is after, read from its method and path alone, whether there is such a kind and such a verb or not: who may
 * not do it is to hear just that. The rules are those of Kubernetes' {@code RequestInfo}.
 */
public final class Wish {
    private static final Set<String> OF_NAMESPACES = Set.of("status", "finalize");

    private Wish() {}

    /** What {@code request} is after. */
    public static Act of(Request request) {
        String path = request.path();
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        String first = parts.isEmpty() ? "" : parts.getFirst();
        if (first.equals("api") && parts.size() > 2) {
            return inGroup(request, "", parts.subList(2, parts.size()));
        }
        if (first.equals("apis") && parts.size() > 3) {
            return inGroup(request, parts.get(1), parts.subList(3, parts.size()));
        }
        return new Act.OnPath(request.method().toLowerCase(Locale.ROOT), path);
    }

    private static Act inGroup(Request request, String group, List<String> given) {
        boolean watchPath = given.size() > 1 && given.getFirst().equals("watch");
        List<String> rest = watchPath ? given.subList(1, given.size()) : given;
        String namespace = "";
        if (rest.getFirst().equals("namespaces") && rest.size() > 1) {
            namespace = rest.get(1);
            if (rest.size() > 2 && !OF_NAMESPACES.contains(rest.get(2))) {
                rest = rest.subList(2, rest.size());
            }
        }
        String name = rest.size() > 1 ? rest.get(1) : "";
        String resource = rest.size() > 2 ? rest.getFirst() + "/" + rest.get(2) : rest.getFirst();
        String verb = watchPath ? "watch" : verb(request, name.isEmpty());
        return new Act.OnObject(verb, group, resource, namespace, name);
    }

    private static String verb(Request request, boolean all) {
        return switch (request.method()) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> all ? "deletecollection" : "delete";
            case "GET", "HEAD" -> !all ? "get" : Query.of(request.target()).truth("watch") ? "watch" : "list";
            default -> "";
        };
    }
}
