// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * OpenAPI v3: an index, and a document per group and version; and v2: one document. They are made when somebody first asks,
 * and anew when the kinds change. What kubectl needs
 * of it: the fields with their types and descriptions (explain), and that PATCH takes {@code fieldValidation} (apply, create),
 * without which it falls back to the old documents.
 */
public final class OpenApi {
    private static final String INDEX = "/openapi/v3";
    private static final String SWAGGER = "/openapi/v2";
    /** How clients name the messages: as it was, and as it may be written in a header. */
    private static final List<String> MESSAGES = messages("v2");

    private static final List<String> NEW_MESSAGES = messages("v3");

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
                List<Resource> described = below(root, kinds);
                if (!described.isEmpty() && described.equals(below(root, other))) {
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

    /** Where there is an answer, but for the documents of the index. */
    public List<String> paths() {
        return List.of(SWAGGER, INDEX);
    }

    /** The answer at {@code path}; null when there is none. */
    public @Nullable Reply answer(Request request, String path, Query query) {
        if (path.equals(SWAGGER)) {
            return swagger(request);
        }
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
        Reply reply = negotiated(request, NEW_MESSAGES, messages -> messages ? encoded(document) : document);
        return hash.isEmpty() ? reply : Answers.with(reply, "cache-control", "public, immutable");
    }

    private static Reply tagged(Request request, String type, Document document) {
        String tag = "\"" + document.hash() + "\"";
        boolean known = tag.equals(request.header("if-none-match"));
        return Answers.with(
                Answers.typed(known ? 304 : 200, type, known ? new byte[0] : document.bytes()), "etag", tag);
    }

    private static List<String> messages(String version) {
        String type = "application/com.github.proto-openapi.spec." + version;
        return List.of(type + ".v1.0+protobuf", type + "@v1.0+protobuf");
    }

    /** A document as JSON or in gnostic's messages. */
    private static Reply negotiated(Request request, List<String> types, Function<Boolean, Document> documents) {
        List<String> offered = new ArrayList<>(types);
        offered.addFirst(Answers.JSON);
        Accept.Range range = Accept.of(request.header("accept")).first(offered);
        if (range == null) {
            throw Refusal.notAcceptable(offered);
        }
        boolean messages = types.contains(range.type());
        Reply reply = tagged(request, messages ? types.getFirst() : Answers.JSON, documents.apply(messages));
        return Answers.with(reply, "vary", "Accept");
    }

    /** Seldom asked for, so not kept. */
    private static Document encoded(Document document) {
        byte[] bytes = OpenApiMessages.document(Json.object(document.bytes()));
        return new Document(bytes, Discovery.hash(bytes));
    }

    /** The one document of v2. */
    private Reply swagger(Request request) {
        Documents current = current();
        return negotiated(
                request,
                MESSAGES,
                messages -> current.made()
                        .computeIfAbsent(
                                messages ? MESSAGES.getFirst() : SWAGGER, _ -> swagger(current.kinds(), messages)));
    }

    private Document swagger(Kinds described, boolean messages) {
        Map<String, Object> tree = SwaggerDocument.of(described.all(), schema, schema.descriptions());
        byte[] bytes = messages ? SwaggerMessages.document(tree) : Json.write(tree);
        return new Document(bytes, Discovery.hash(bytes));
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
        Documents current = current();
        return current.made().computeIfAbsent(root, _ -> make(root, current.kinds()));
    }

    private Documents current() {
        Documents current = documents;
        Kinds now = kinds.get();
        if (current.kinds() != now) {
            current = current.after(now);
            documents = current;
        }
        return current;
    }

    private @Nullable Document make(String root, Kinds described) {
        List<Resource> resources = Documents.below(root, described);
        if (resources.isEmpty()) {
            return null;
        }
        byte[] bytes = Json.write(OpenApiDocument.of(resources, schema, schema.descriptions()));
        return new Document(bytes, Discovery.hash(bytes));
    }
}
