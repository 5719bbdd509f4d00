// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.apiserver.request.Subresource;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.custom.Pruning;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.protobuf.Protobuf;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.Schema;
import dev.fairlead.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Bodies become objects: JSON, YAML or protobuf is read, held against the schema as strictly as the client asks, and
 * cleaned of what no object of the kind has.
 */
public final class Decoder {
    /** The media type of what is applied: YAML, or JSON, which is YAML too. */
    static final String APPLY = "application/apply-patch+yaml";

    private static final List<String> READABLE = List.of("application/json", "application/yaml", Protobuf.MEDIA_TYPE);

    private final Schema schema;
    private final Protobuf protobuf;

    /** Decodes by {@code schema}. */
    public Decoder(Schema schema) {
        this.schema = schema;
        this.protobuf = new Protobuf(schema);
    }

    /** An object and what its author should know about it. */
    record Decoded(Map<String, Object> object, List<String> warnings) {
        /** Another object of which the same is to be known. */
        Decoded with(Map<String, Object> other) {
            return new Decoded(other, warnings);
        }
    }

    private record Body(Map<String, Object> tree, List<Problem> duplicates) {}

    /** The object in the request's body, of the kind that the path names. */
    Decoded object(Call call) {
        if (call.resource().custom() != null && isProtobuf(call.request())) {
            throw Refusal.unsupportedMediaType(Protobuf.MEDIA_TYPE, READABLE.subList(0, 2));
        }
        Body body = body(call.request());
        return fitting(call, body.tree(), body.duplicates());
    }

    /**
     * The object, which has to be of the kind that the path names, without what that kind does not have; refuses it if the
     * client wants that.
     *
     * @param told what is known to be odd about it
     */
    Decoded fitting(Call call, Map<String, Object> tree, List<Problem> told) {
        check(call, tree, "apiVersion", apiVersion(call));
        check(call, tree, "kind", kind(call));
        CustomKind custom = call.resource().custom();
        if (custom != null && kind(call).equals(call.resource().kind())) {
            Pruning.Pruned pruned = Pruning.prune(custom.schema(), tree);
            Map<String, Object> object = pruned.object();
            ObjectType metadata = schema.metadata().fields();
            FieldPath at = FieldPath.ROOT.field("metadata");
            List<Problem> problems = new ArrayList<>(told);
            if (object.get("metadata") instanceof Map<?, ?>) {
                Map<String, Object> given = AtRest.metadata(object);
                problems.addAll(schema.check(metadata, given, at));
                object.put("metadata", schema.clean(metadata, given));
            } else if (object.containsKey("metadata")) {
                problems.add(Problem.wrongType(at, "an object", Json.describe(object.get("metadata"))));
            }
            problems.addAll(pruned.dropped());
            return new Decoded(object, judged(call, tree, problems));
        }
        ObjectType type = schema.type(apiVersion(call), kind(call));
        if (type == null) {
            return new Decoded(tree, List.of());
        }
        List<Problem> problems = new ArrayList<>(told);
        problems.addAll(schema.check(type, tree));
        List<String> warnings = judged(call, tree, problems);
        return new Decoded(schema.clean(type, tree), warnings);
    }

    /** What of the problems is only told; refuses for those that cannot be passed over. */
    private static List<String> judged(Call call, Map<String, Object> tree, List<Problem> problems) {
        List<Problem> wrong = only(Problem.Sort.WRONG_TYPE, problems);
        if (!wrong.isEmpty()) {
            throw unhandled(call, messages(wrong));
        }
        List<Problem> unknown = only(Problem.Sort.UNKNOWN_FIELD, problems);
        if (Patcher.applies(call) && !unknown.isEmpty()) {
            throw undeclared(call, tree, unknown);
        }
        Call.Strictness strictness = call.strictness();
        if (strictness == Call.Strictness.STRICT && !problems.isEmpty()) {
            throw unhandled(call, "strict decoding error: " + messages(problems));
        }
        return strictness == Call.Strictness.WARN
                ? problems.stream().map(Problem::message).toList()
                : List.of();
    }

    private static List<Problem> only(Problem.Sort sort, List<Problem> problems) {
        return problems.stream().filter(each -> each.sort() == sort).toList();
    }

    private static String messages(List<Problem> problems) {
        return problems.stream().map(Problem::message).collect(Collectors.joining(", "));
    }

    /** Nobody can own a field that is not there: what is applied is refused for it, however leniently fields are taken. */
    private static Refusal undeclared(Call call, Map<String, Object> tree, List<Problem> unknown) {
        Tree metadata = Tree.of(tree.get("metadata"));
        Subresource part = call.target().subresource();
        String why = unknown.stream()
                .map(each -> "." + each.path() + ": field not declared in schema")
                .collect(Collectors.joining(", "));
        return Refusal.badRequest("failed to create typed patch object (%s/%s; %s/%s, Kind=%s): %s"
                .formatted(
                        call.target().namespace(),
                        metadata.text("name", call.target().name()),
                        part.group(call.resource()),
                        part.version(call.resource()),
                        kind(call),
                        why));
    }

    /** The options in a DELETE's body; null when there is none. */
    @Nullable
    Map<String, Object> options(Request request) {
        return request.body().length == 0 ? null : body(request).tree();
    }

    /** The request's body as it is, of a kind that is answered and not stored. */
    public Map<String, Object> tree(Request request) {
        return body(request).tree();
    }

    private static boolean isProtobuf(Request request) {
        String header = request.header("content-type");
        return header != null && Accept.range(header).type().equals(Protobuf.MEDIA_TYPE);
    }

    private Body body(Request request) {
        String header = request.header("content-type");
        String type = header == null ? "" : Accept.range(header).type();
        try {
            return switch (type) {
                case "", "application/json", "*/*" -> {
                    Json.ReadObject read = Json.readObject(request.body());
                    yield new Body(read.fields(), read.duplicates());
                }
                case "application/yaml", "text/yaml", APPLY -> yaml(request.body());
                case Protobuf.MEDIA_TYPE -> new Body(protobuf.read(request.body()), List.of());
                default -> throw Refusal.unsupportedMediaType(type, READABLE);
            };
        } catch (SyntaxException broken) {
            throw Refusal.badRequest("the body of the request cannot be read: " + broken.getMessage());
        }
    }

    private static Body yaml(byte[] bytes) {
        List<Yaml.Document> documents = Yaml.read(new String(bytes, StandardCharsets.UTF_8));
        if (documents.size() != 1) {
            throw Refusal.badRequest("the body of the request must hold one YAML document, not " + documents.size());
        }
        return new Body(documents.getFirst().fields(), documents.getFirst().duplicates());
    }

    /** What is applied has to say what it is; of everything else the path does. */
    private static void check(Call call, Map<String, Object> tree, String field, String wanted) {
        String said = new Tree(tree).text(field, "");
        if (said.isEmpty() && !Patcher.applies(call)) {
            tree.put(field, wanted);
        } else if (!said.equals(wanted)) {
            throw refused(
                    call,
                    "the object provided is not what belongs here (must be of type " + kind(call) + "): " + field
                            + " is \"" + said + "\" and should be \"" + wanted + "\"");
        }
    }

    private static Refusal unhandled(Call call, String why) {
        String kind = kind(call);
        String version = call.resource().version();
        return refused(
                call,
                Patcher.patches(call)
                        ? why
                        : kind + " in version \"" + version + "\" cannot be handled as a " + kind + ": " + why);
    }

    /** 400 for an object that was sent, 422 for what a patch made of one; repeats nothing of it, which may be secret. */
    private static Refusal refused(Call call, String why) {
        return Patcher.patches(call)
                ? Refusal.invalid(call.resource(), call.target().name(), List.of(Invalid.invalid("patch", "", why)))
                : Refusal.badRequest(why);
    }

    static String kind(Call call) {
        return call.target().subresource().kind(call.resource());
    }

    static String apiVersion(Call call) {
        return call.target().subresource().apiVersion(call.resource());
    }
}
