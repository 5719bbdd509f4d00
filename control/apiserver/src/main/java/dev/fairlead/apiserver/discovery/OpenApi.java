// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * OpenAPI v3: an index, and a document per group and version that is made when somebody first asks for it. What kubectl needs
 * of it: the fields with their types and descriptions (explain), and that PATCH takes {@code fieldValidation} (apply, create),
 * without which it falls back to the old documents.
 */
public final class OpenApi {
    private static final String INDEX = "/openapi/v3";

    private final Supplier<Kinds> kinds;
    private final Schema schema;
    private volatile Documents documents;

    /** The documents of one table of kinds; another table has others. */
    private record Documents(Kinds kinds, Map<String, Document> made) {
        static Documents of(Kinds kinds) {
            return new Documents(kinds, new ConcurrentHashMap<>());
        }

        /** Those of another table; what describes the same kinds stays. */
        Documents after(Kinds other) {
            Documents next = of(other);
            made.forEach((root, document) -> {
                if (below(root, kinds).equals(below(root, other))) {
                    next.made.put(root, document);
                }
            });
            return next;
        }

        static List<Resource> below(String root, Kinds kinds) {
            return kinds.all().stream()
                    .filter(resource -> resource.root().equals("/" + root))
                    .toList();
        }
    }

    /** Describes the kinds that there are when somebody asks. */
    public OpenApi(Supplier<Kinds> kinds, Schema schema) {
        this.kinds = kinds;
        this.documents = Documents.of(kinds.get());
        this.schema = schema;
    }

    @SuppressWarnings("ArrayRecordComponent") // bytes travel as they are, nobody compares documents
    private record Document(byte[] bytes, String hash) {}

    /** The answer at {@code path}; null when there is none. */
    public @Nullable Reply answer(Request request, String path, Query query) {
        if (path.equals(INDEX) || path.equals(INDEX + "/")) {
            return index();
        }
        if (!path.startsWith(INDEX + "/")) {
            return null;
        }
        Document document = document(path.substring(INDEX.length() + 1));
        if (document == null) {
            return null;
        }
        String hash = query.text("hash");
        if (!hash.isEmpty() && !hash.equals(document.hash())) {
            return Answers.with(Answers.text(301, ""), "location", path + "?hash=" + document.hash());
        }
        String tag = "\"" + document.hash() + "\"";
        boolean known = tag.equals(request.header("if-none-match"));
        Reply reply = Answers.typed(known ? 304 : 200, "application/json", known ? new byte[0] : document.bytes());
        reply = Answers.with(reply, "etag", tag);
        return hash.isEmpty() ? reply : Answers.with(reply, "cache-control", "public, immutable");
    }

    /** Hashes are part of the index, so all documents are made for it. */
    private Reply index() {
        Map<String, Object> paths = new LinkedHashMap<>();
        for (String root : roots()) {
            Document document = document(root);
            if (document != null) {
                paths.put(root, Map.of("serverRelativeURL", INDEX + "/" + root + "?hash=" + document.hash()));
            }
        }
        return Answers.json(200, Map.of("paths", paths));
    }

    private List<String> roots() {
        return kinds.get().all().stream()
                .map(resource -> resource.root().substring(1))
                .distinct()
                .toList();
    }

    private @Nullable Document document(String root) {
        Documents current = documents;
        Kinds now = kinds.get();
        if (current.kinds() != now) {
            current = current.after(now);
            documents = current;
        }
        Kinds described = current.kinds();
        return current.made().computeIfAbsent(root, _ -> make(root, described));
    }

    private @Nullable Document make(String root, Kinds described) {
        List<Resource> resources = Documents.below(root, described);
        if (resources.isEmpty()) {
            return null;
        }
        byte[] bytes = Json.write(new OpenApiDocument(schema, schema.descriptions()).of(resources));
        return new Document(bytes, Discovery.hash(bytes));
    }
}
