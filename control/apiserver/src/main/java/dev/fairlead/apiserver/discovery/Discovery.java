// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Groups, versions and kinds, in the old form (a document per version) and in the aggregated one (two documents for all),
 * which clients ask for by {@code Accept}. The content type says which it is; without that clients take it for the old one.
 */
public final class Discovery {
    private static final Accept.Range AGGREGATED =
            Accept.range("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");

    private final Supplier<Kinds> kinds;

    /** Discovers the kinds that there are when somebody asks. */
    public Discovery(Supplier<Kinds> kinds) {
        this.kinds = kinds;
    }

    /** Where there is a document. */
    public List<String> paths() {
        Set<String> paths = new LinkedHashSet<>(List.of("/api", "/apis"));
        for (Resource resource : kinds.get().all()) {
            String root = resource.root();
            paths.add(root);
            if (!resource.group().isEmpty()) {
                paths.add(root.substring(0, root.lastIndexOf('/')));
            }
        }
        return List.copyOf(paths);
    }

    /** The document at {@code asked}, which may end in a slash; null when there is none. */
    public @Nullable Reply answer(Request request, String asked) {
        String path = asked.length() > 1 && asked.endsWith("/") ? asked.substring(0, asked.length() - 1) : asked;
        String[] parts = path.split("/", -1);
        return switch (path) {
            case "/api" -> both(request, legacyCore(), aggregated(true));
            case "/apis" -> both(request, groups(), aggregated(false));
            default -> {
                if (parts.length == 3 && parts[1].equals("api")) {
                    yield resources("", parts[2]);
                }
                if (parts.length == 3 && parts[1].equals("apis")) {
                    yield group(parts[2]);
                }
                yield parts.length == 4 && parts[1].equals("apis") ? resources(parts[2], parts[3]) : null;
            }
        };
    }

    private static Reply both(Request request, Map<String, Object> old, Map<String, Object> aggregated) {
        for (Accept.Range range : Accept.of(request.header("accept")).ranges()) {
            if (range.type().equals("application/json")
                    && range.parameters()
                            .entrySet()
                            .containsAll(AGGREGATED.parameters().entrySet())) {
                return tagged(
                        request,
                        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
                        Json.write(aggregated));
            }
            boolean plain = range.allows(Answers.JSON) || range.type().equals(Answers.YAML);
            if (plain && range.parameter("as").isEmpty()) {
                return Answers.with(Answers.json(200, old), "vary", "Accept");
            }
        }
        throw Refusal.notAcceptable(List.of(Answers.JSON));
    }

    private static Reply tagged(Request request, String type, byte[] body) {
        String tag = "\"" + hash(body) + "\"";
        boolean known = tag.equals(request.header("if-none-match"));
        Reply reply = Answers.typed(known ? 304 : 200, type, known ? new byte[0] : body);
        return Answers.with(Answers.with(reply, "etag", tag), "vary", "Accept");
    }

    /** A text that changes with {@code body}. */
    static String hash(byte[] body) {
        try {
            return HexFormat.of()
                    .withUpperCase()
                    .formatHex(MessageDigest.getInstance("SHA-512").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-512", e);
        }
    }

    private static Map<String, Object> legacyCore() {
        Map<String, Object> versions = new LinkedHashMap<>();
        versions.put("kind", "APIVersions");
        versions.put("versions", List.of("v1"));
        versions.put("serverAddressByClientCIDRs", List.of());
        return versions;
    }

    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        kinds.get().all().stream()
                .map(Resource::group)
                .filter(group -> !group.isEmpty())
                .forEach(names::add);
        return names;
    }

    private Set<String> versions(String group) {
        Set<String> versions = new LinkedHashSet<>();
        kinds.get().all().stream()
                .filter(resource -> resource.group().equals(group))
                .forEach(resource -> versions.add(resource.version()));
        return versions;
    }

    private Map<String, Object> groups() {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("kind", "APIGroupList");
        list.put("apiVersion", "v1");
        list.put("groups", names().stream().map(this::describe).toList());
        return list;
    }

    private Map<String, Object> describe(String group) {
        List<Map<String, Object>> versions = new ArrayList<>();
        for (String version : versions(group)) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("groupVersion", group + "/" + version);
            one.put("version", version);
            versions.add(one);
        }
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", group);
        described.put("versions", versions);
        described.put("preferredVersion", versions.getFirst());
        return described;
    }

    private Reply group(String group) {
        if (group.isEmpty() || versions(group).isEmpty()) {
            throw Refusal.noSuchPath();
        }
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("kind", "APIGroup");
        described.put("apiVersion", "v1");
        described.putAll(describe(group));
        return Answers.json(200, described);
    }

    private Reply resources(String group, String version) {
        List<Resource> all = kinds.get().in(group, version);
        if (all.isEmpty()) {
            throw Refusal.noSuchPath();
        }
        List<Object> resources = new ArrayList<>();
        for (Resource resource : all) {
            resources.add(ResourceDocument.legacy(resource));
            ResourceDocument.below(resource).forEach(sub -> resources.add(ResourceDocument.legacy(resource, sub)));
        }
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("kind", "APIResourceList");
        list.put("apiVersion", "v1");
        list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        list.put("resources", resources);
        return Answers.json(200, list);
    }

    private Map<String, Object> aggregated(boolean core) {
        List<Object> items = new ArrayList<>();
        for (String group : core ? Set.of("") : names()) {
            List<Object> versions = new ArrayList<>();
            for (String version : versions(group)) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("version", version);
                one.put(
                        "resources",
                        kinds.get().in(group, version).stream()
                                .map(ResourceDocument::aggregated)
                                .toList());
                one.put("freshness", "Current");
                versions.add(one);
            }
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("metadata", group.isEmpty() ? Map.of() : Map.of("name", group));
            item.put("versions", versions);
            items.add(item);
        }
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("kind", "APIGroupDiscoveryList");
        list.put("apiVersion", "apidiscovery.k8s.io/v2");
        list.put("metadata", Map.of());
        list.put("items", items);
        return list;
    }
}
