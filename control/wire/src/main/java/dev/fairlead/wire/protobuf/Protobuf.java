// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.protobuf;

import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.Schema;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads bodies of type {@value #MEDIA_TYPE}: four bytes {@code k8s\0}, then a message with the object's apiVersion and kind
 * (field 1) and its encoded fields (field 2).
 */
public final class Protobuf {
    /** The media type of these bodies. */
    public static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final int TYPE_META = 1;
    private static final int RAW = 2;
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
