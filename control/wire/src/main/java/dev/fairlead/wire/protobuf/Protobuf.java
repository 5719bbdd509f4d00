// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.protobuf;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.Schema;
import dev.fairlead.wire.schema.ValueType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes bodies of type {@value #MEDIA_TYPE}: four bytes {@code k8s\0}, then a message with the object's apiVersion and kind
 * (field 1) and its encoded fields (field 2).
 */
public final class Protobuf {
    /** The media type of these bodies. */
    public static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final int TYPE_META = 1;
    private static final int RAW = 2;
    private static final int CONTENT_ENCODING = 3;
    private static final int CONTENT_TYPE = 4;
    private static final int LIST_METADATA = 1;
    private static final int LIST_ITEMS = 2;

    private static final int API_VERSION = 1;
    private static final int KIND = 2;

    private final Schema schema;

    /** A reader of the kinds in {@code schema}. */
    public Protobuf(Schema schema) {
        this.schema = schema;
    }

    /**
     * The object in {@code body}, as the same object in JSON would read: apiVersion and kind first, values that mean
     * "absent" left out. Fields with numbers nobody knows are dropped.
     *
     * @throws SyntaxException when the bytes are no such message, or the kind is not in the schema
     */
    public Map<String, Object> read(byte[] body) {
        if (!isProtobuf(body)) {
            throw new SyntaxException(0, 0, "not a Kubernetes protobuf object: it does not begin with \"k8s\\0\"");
        }
        try {
            return unknown(new WireReader(body, MAGIC.length, body.length));
        } catch (WireReader.BrokenException broken) {
            throw new SyntaxException(0, 0, "not a Kubernetes protobuf object: " + broken.getMessage());
        }
    }

    /** Whether the body begins as such a body does. */
    public static boolean isProtobuf(byte[] body) {
        return body.length >= MAGIC.length && java.util.Arrays.equals(body, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /** Whether the kind's objects can be written; our own and users' kinds have no field numbers. */
    public boolean writes(Resource resource) {
        ObjectType type = resource.custom() == null ? schema.type(resource.apiVersion(), resource.kind()) : null;
        Field metadata = type == null ? null : type.field("metadata");
        return metadata != null && metadata.number() > 0;
    }

    /** An object of a kind in the schema, or a Status; null when it has no protobuf. */
    public byte @Nullable [] write(Map<String, Object> object) {
        String apiVersion = String.valueOf(object.get("apiVersion"));
        String kind = String.valueOf(object.get("kind"));
        ObjectType type = schema.type(apiVersion, kind);
        return type == null ? null : body(apiVersion, kind, ObjectEncoder.message(type, object));
    }

    /** The metadata of any object as a {@code PartialObjectMetadata}. */
    public byte[] writeMetadata(String apiVersion, Map<String, Object> partial) {
        return body(apiVersion, "PartialObjectMetadata", metadata(partial));
    }

    /** What a list holds of one of its items. */
    public WireWriter item(Resource resource, Map<String, Object> object) {
        return ObjectEncoder.message(schema.require(resource), object);
    }

    /** What a list of {@code PartialObjectMetadata} holds of one of its items. */
    public WireWriter metadata(Map<String, Object> partial) {
        return ObjectEncoder.message(
                schema.require("v1", "Namespace"), Map.of("metadata", partial.getOrDefault("metadata", Map.of())));
    }

    /** A list. */
    public byte[] list(String apiVersion, String listKind, Map<String, Object> metadata, List<WireWriter> items) {
        ValueType listMeta = Objects.requireNonNull(
                        schema.require("v1", "Status").field("metadata"))
                .type();
        WireWriter list = new WireWriter().message(LIST_METADATA, ObjectEncoder.message(listMeta.fields(), metadata));
        items.forEach(item -> list.message(LIST_ITEMS, item));
        return body(apiVersion, listKind, list);
    }

    /** A watch event around an encoded object, with its length in four bytes before it. */
    public static byte[] event(String type, byte[] object) {
        WireWriter event = new WireWriter().text(1, type).message(2, new WireWriter().bytes(1, object));
        byte[] bytes = event.toBytes();
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    /** The events of a piece that {@link #event} made, without their lengths: where the transport has messages of its own. */
    public static List<byte[]> events(byte[] piece) {
        List<byte[]> events = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(piece);
        while (rest.hasRemaining()) {
            byte[] event = new byte[rest.getInt()];
            rest.get(event);
            events.add(event);
        }
        return events;
    }

    private static byte[] body(String apiVersion, String kind, WireWriter fields) {
        WireWriter meta = new WireWriter().text(API_VERSION, apiVersion).text(KIND, kind);
        byte[] unknown = new WireWriter()
                .message(TYPE_META, meta)
                .message(RAW, fields)
                .text(CONTENT_ENCODING, "")
                .text(CONTENT_TYPE, "")
                .toBytes();
        return ByteBuffer.allocate(MAGIC.length + unknown.length)
                .put(MAGIC)
                .put(unknown)
                .array();
    }

    private Map<String, Object> unknown(WireReader in) throws WireReader.BrokenException {
        String apiVersion = "";
        String kind = "";
        WireReader raw = new WireReader(new byte[0], 0, 0);
        while (in.next()) {
            if (in.number() == TYPE_META) {
                WireReader meta = in.message();
                while (meta.next()) {
                    if (meta.number() == API_VERSION) {
                        apiVersion = meta.text();
                    } else if (meta.number() == KIND) {
                        kind = meta.text();
                    } else {
                        meta.skip();
                    }
                }
            } else if (in.number() == RAW) {
                raw = in.message();
            } else {
                in.skip();
            }
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("apiVersion", apiVersion);
        fields.put("kind", kind);
        new ObjectDecoder(this::read).fields(type(apiVersion, kind), raw, fields, 0);
        return fields;
    }

    /** Options of a deletion come with the version of what is deleted, but there is one message of them. */
    private ObjectType type(String apiVersion, String kind) {
        ObjectType type = schema.type(kind.equals("DeleteOptions") ? "v1" : apiVersion, kind);
        if (type == null) {
            throw new SyntaxException(
                    0,
                    0,
                    "no protobuf is known for kind \"" + kind + "\" in version \"" + apiVersion + "\"; send JSON");
        }
        return type;
    }
}
