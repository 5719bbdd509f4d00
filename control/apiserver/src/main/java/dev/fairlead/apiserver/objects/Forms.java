// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.objects;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.apiserver.table.Tables;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.json.Encoded;
import dev.fairlead.wire.json.Encoded.Item;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.protobuf.Protobuf;
import dev.fairlead.wire.time.Time;
import dev.fairlead.wire.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The forms there are. */
public final class Forms {
    private static final Set<String> INCLUDED = Set.of("", "Metadata", "None", "Object");

    private final Time time;
    private final Protobuf protobuf;

    /** Ages in tables are told by {@code time}; {@code protobuf} writes what is wanted in that. */
    public Forms(Time time, Protobuf protobuf) {
        this.time = time;
        this.protobuf = protobuf;
    }

    /**
     * The form a client chose for objects of {@code resource}.
     *
     * @throws Refusal 400 when a table is to include what there is not
     */
    public Form of(Accept.Choice choice, Query query, Resource resource) {
        UnaryOperator<byte[]> shown = shown(resource);
        if (choice.encoding() == Accept.Encoding.PROTOBUF) {
            boolean whole = choice.form() == Accept.Form.OBJECT;
            return new ProtobufForm(
                    protobuf,
                    resource,
                    shown == null ? UnaryOperator.identity() : shown,
                    whole ? "" : choice.version());
        }
        Form form = switch (choice.form()) {
            case OBJECT -> new Plain(resource);
            case METADATA, METADATA_LIST -> new Metadata(choice.version());
            case TABLE -> new Rows(choice.version(), Tables.of(resource), included(query), time);
        };
        Form made = shown == null ? form : new Renamed(form, shown);
        return choice.encoding() == Accept.Encoding.YAML ? new AsYaml(made) : made;
    }

    private static String included(Query query) {
        String include = query.text("includeObject");
        if (!INCLUDED.contains(include)) {
            throw Refusal.badRequest("Unable to convert to Table as requested: "
                    + Invalid.invalid("includeObject", include, "must be 'Metadata', 'Object', 'None', or empty"));
        }
        return include;
    }

    /** What makes of an object at rest the one that is asked for; null when they are the same. */
    private static @Nullable UnaryOperator<byte[]> shown(Resource resource) {
        CustomKind custom = resource.custom();
        if (custom != null) {
            return new CustomForm(resource, custom)::shown;
        }
        return EventForms.renames(resource) ? object -> Json.write(EventForms.shown(Json.object(object))) : null;
    }

    /** Objects as they are: bytes, never decoded. */
    private record Plain(Resource resource) implements Form {
        @Override
        public String mediaType() {
            return "application/json";
        }

        @Override
        public byte[] one(byte[] object, long revision) {
            return Encoded.withResourceVersion(object, revision);
        }

        @Override
        public byte[] list(Map<String, Object> metadata, List<Item> items) {
            return Encoded.list(resource.apiVersion(), resource.listKind(), metadata, items, resource.custom() != null);
        }

        @Override
        public byte[] watched(byte[] object, long revision) {
            return Encoded.withResourceVersion(object, revision);
        }

        @Override
        public byte[] bookmark(Map<String, Object> metadata) {
            return typed(resource.kind(), resource.apiVersion(), metadata);
        }

        @Override
        public String shared() {
            return resource.apiVersion();
        }
    }

    /** The metadata of objects alone, for clients that count, label or collect. */
    private record Metadata(String version) implements Form {
        @Override
        public String mediaType() {
            return "application/json";
        }

        @Override
        public byte[] one(byte[] object, long revision) {
            return Json.write(Rows.partial(object, revision, version));
        }

        @Override
        public byte[] list(Map<String, Object> metadata, List<Item> items) {
            Map<String, Object> list = new LinkedHashMap<>();
            list.put("kind", "PartialObjectMetadataList");
            list.put("apiVersion", "meta.k8s.io/" + version);
            list.put("metadata", metadata);
            list.put(
                    "items",
                    items.stream()
                            .map(item -> Rows.partial(item.object(), item.revision(), version))
                            .toList());
            return Json.write(list);
        }

        @Override
        public byte[] watched(byte[] object, long revision) {
            return one(object, revision);
        }

        @Override
        public byte[] bookmark(Map<String, Object> metadata) {
            return typed("PartialObjectMetadata", "meta.k8s.io/" + version, metadata);
        }

        @Override
        public String shared() {
            return "metadata " + version;
        }
    }

    /** Any form, of objects that rest otherwise than they are shown. */
    private record Renamed(Form form, UnaryOperator<byte[]> shown) implements Form {
        @Override
        public String mediaType() {
            return form.mediaType();
        }

        @Override
        public byte[] one(byte[] object, long revision) {
            return form.one(shown.apply(object), revision);
        }

        @Override
        public byte[] list(Map<String, Object> metadata, List<Item> items) {
            return form.list(
                    metadata,
                    items.stream()
                            .map(item -> new Item(shown.apply(item.object()), item.revision()))
                            .toList());
        }

        @Override
        public byte[] watched(byte[] object, long revision) {
            return form.watched(shown.apply(object), revision);
        }

        @Override
        public byte[] bookmark(Map<String, Object> metadata) {
            return form.bookmark(metadata);
        }
    }

    /** Any form, written as YAML. */
    private record AsYaml(Form form) implements Form {
        @Override
        public String mediaType() {
            return Answers.YAML;
        }

        @Override
        public byte[] one(byte[] object, long revision) {
            return yaml(form.one(object, revision));
        }

        @Override
        public byte[] list(Map<String, Object> metadata, List<Item> items) {
            return yaml(form.list(metadata, items));
        }

        @Override
        public byte[] watched(byte[] object, long revision) {
            return form.watched(object, revision);
        }

        @Override
        public byte[] bookmark(Map<String, Object> metadata) {
            return form.bookmark(metadata);
        }

        private static byte[] yaml(byte[] json) {
            return Yaml.write(Json.object(json)).getBytes(StandardCharsets.UTF_8);
        }
    }

    private static byte[] typed(String kind, String apiVersion, Map<String, Object> metadata) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("kind", kind);
        object.put("apiVersion", apiVersion);
        object.put("metadata", metadata);
        return Json.write(object);
    }
}
