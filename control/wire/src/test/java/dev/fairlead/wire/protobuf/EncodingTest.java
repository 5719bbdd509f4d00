// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.protobuf;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.Schema;
import dev.fairlead.wire.schema.SchemaChoice;
import dev.fairlead.wire.schema.ValueType;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What we write we read again as it was, and the official Java client's generated classes know every field of it. */
class EncodingTest {
    private static final Schema SCHEMA = Schema.load();
    private static final Protobuf PROTOBUF = new Protobuf(SCHEMA);
    private static final Map<String, String> FILES = Map.ofEntries(
            Map.entry("v1", "V1"),
            Map.entry("apiextensions.k8s.io/v1", "V1Apiextensions"),
            Map.entry("apps/v1", "V1Apps"),
            Map.entry("authentication.k8s.io/v1", "V1Authentication"),
            Map.entry("authorization.k8s.io/v1", "V1Authorization"),
            Map.entry("coordination.k8s.io/v1", "V1Coordination"),
            Map.entry("discovery.k8s.io/v1", "V1Discovery"),
            Map.entry("events.k8s.io/v1", "V1Events"),
            Map.entry("networking.k8s.io/v1", "V1Networking"),
            Map.entry("rbac.authorization.k8s.io/v1", "V1Rbac"));

    static List<Resource> kinds() {
        return Kinds.served().all().stream().filter(PROTOBUF::writes).toList();
    }

    @Test
    void allOfKubernetesKindsAreWritten() {
        assertThat(Kinds.served().all())
                .filteredOn(resource -> !PROTOBUF.writes(resource))
                .extracting(Resource::kind)
                .containsExactly("LoadBalancerPool");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsWrittenReadsAsItWas(Resource resource) throws Exception {
        long seed = new Random().nextLong();
        System.out.println(resource + " seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < Integer.getInteger("fairlead.wire.encodings", 20); i++) {
            Map<String, Object> object = object(resource, random);
            byte[] body = Objects.requireNonNull(PROTOBUF.write(object));
            assertThat(PROTOBUF.read(body)).as("seed %s", seed).isEqualTo(object);
            foreign(resource, object, body);
        }
    }

    private static Map<String, Object> object(Resource resource, Random random) {
        ObjectType type = SCHEMA.require(resource);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", resource.apiVersion());
        object.put("kind", resource.kind());
        fill(type, object, random, 0);
        return SCHEMA.clean(type, object);
    }

    private static void fill(ObjectType type, Map<String, Object> into, Random random, int depth) {
        for (Field field : type.fields()) {
            if (travels(type, field) && random.nextInt(depth + 2) == 0) {
                SchemaChoice choice = SchemaChoice.of(type, field);
                into.put(
                        field.name(),
                        choice == null
                                ? value(field.type(), random, depth + 1)
                                : chosen(choice, type, random, depth + 1));
            }
        }
    }

    /** A schema, or what may stand in its place. */
    private static Object chosen(SchemaChoice choice, ObjectType schema, Random random, int depth) {
        ValueType type = new ValueType(ValueType.Kind.OBJECT, null, schema);
        if (random.nextBoolean()) {
            return value(type, random, depth);
        }
        return choice == SchemaChoice.OR_BOOLEAN
                ? (Object) random.nextBoolean()
                : new ArrayList<>(List.of(value(type, random, depth), value(type, random, depth)));
    }

    /** Not the type of an object, nor of one within another: a template of claims has none in protobuf. */
    private static boolean travels(ObjectType type, Field field) {
        if (type.name().equals("JSONSchemaProps") && field.name().equals("dependencies")) {
            return false; // no definition may have it
        }
        return field.number() > 0
                || type.inlined().stream().anyMatch(inlined -> inlined.type().field(field.name()) != null);
    }

    private static Object value(ValueType type, Random random, int depth) {
        return switch (type.kind()) {
            case STRING -> "t" + random.nextInt(1000) + "ü";
            case BOOLEAN -> random.nextBoolean();
            case INTEGER -> (long) random.nextInt();
            case LONG -> random.nextLong();
            case NUMBER -> random.nextBoolean() ? (Object) (long) random.nextInt(1000) : random.nextInt(1000) + 0.25;
            case BYTES -> Base64.getEncoder().encodeToString(new byte[] {1, 2, (byte) random.nextInt(256)});
            case TIME -> "2026-01-02T03:04:0" + random.nextInt(10) + "Z";
            case MICRO_TIME -> "2026-01-02T03:04:05." + (100000 + random.nextInt(900000)) + "Z";
            case QUANTITY -> random.nextInt(1, 100) + "Mi";
            case INT_OR_STRING -> random.nextBoolean() ? (Object) (long) random.nextInt(100) : "http";
            case ANY, DEDUCED -> new LinkedHashMap<String, Object>(Map.of("f:a", Map.of("x", 1L)));
            case OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                if (depth < 6) {
                    fill(type.fields(), object, random, depth);
                }
                yield object;
            }
            case LIST -> {
                List<Object> list = new ArrayList<>();
                for (int i = 0; i <= random.nextInt(2); i++) {
                    list.add(value(type.items(), random, depth));
                }
                yield list;
            }
            case MAP -> new LinkedHashMap<>(Map.of("k" + random.nextInt(9), value(type.items(), random, depth)));
        };
    }

    /** Their classes find no field they do not know, and what they write of it we read as the same object. */
    private static void foreign(Resource resource, Map<String, Object> object, byte[] body) throws Exception {
        Unknown unknown = Unknown.parseFrom(Arrays.copyOfRange(body, 4, body.length));
        assertThat(unknown.getTypeMeta().getKind()).isEqualTo(resource.kind());
        FileDescriptor file =
                (FileDescriptor) Class.forName("io.kubernetes.client.proto." + FILES.get(resource.apiVersion()))
                        .getMethod("getDescriptor")
                        .invoke(null);
        Descriptor descriptor = file.findMessageTypeByName(resource.kind());
        DynamicMessage message = DynamicMessage.parseFrom(descriptor, unknown.getRaw());
        knowsAll(message);
        byte[] again = Unknown.newBuilder(unknown)
                .setRaw(ByteString.copyFrom(message.toByteArray()))
                .build()
                .toByteArray();
        byte[] framed = ByteBuffer.allocate(4 + again.length)
                .put(new byte[] {'k', '8', 's', 0})
                .put(again)
                .array();
        assertThat(PROTOBUF.read(framed)).isEqualTo(object);
    }

    private static void knowsAll(Message message) {
        assertThat(message.getUnknownFields().asMap())
                .as(message.getDescriptorForType().getFullName())
                .isEmpty();
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            List<?> values = field.getValue() instanceof List<?> list ? list : List.of(field.getValue());
            for (Object value : values) {
                if (value instanceof Message inner) {
                    knowsAll(inner);
                }
            }
        }
    }

    @Test
    void listsMetadataEventsAndStatusAreTheirs() throws Exception {
        Resource services = Kinds.served().require("v1", "Service");
        Map<String, Object> service =
                Map.of("metadata", Map.of("name", "web"), "spec", Map.of("clusterIP", "10.0.0.1"));
        byte[] body = PROTOBUF.list(
                "v1",
                "ServiceList",
                Map.of("resourceVersion", "7", "remainingItemCount", 3L),
                List.of(PROTOBUF.item(services, service)));
        Unknown unknown = Unknown.parseFrom(Arrays.copyOfRange(body, 4, body.length));
        V1.ServiceList list = V1.ServiceList.parseFrom(unknown.getRaw());
        assertThat(list.getMetadata().getResourceVersion()).isEqualTo("7");
        assertThat(list.getMetadata().getRemainingItemCount()).isEqualTo(3);
        assertThat(list.getItems(0).getSpec().getClusterIP()).isEqualTo("10.0.0.1");

        byte[] frame = Protobuf.event("ADDED", body);
        assertThat(ByteBuffer.wrap(frame).getInt()).isEqualTo(frame.length - 4);
        Meta.WatchEvent event = Meta.WatchEvent.parseFrom(Arrays.copyOfRange(frame, 4, frame.length));
        assertThat(event.getType()).isEqualTo("ADDED");
        assertThat(event.getObject().getRaw().toByteArray()).isEqualTo(body);

        byte[] status = Objects.requireNonNull(PROTOBUF.write(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Status",
                "code",
                404L,
                "details",
                Map.of("causes", List.of(Map.of("reason", "r", "field", "f"))))));
        Meta.Status theirs = Meta.Status.parseFrom(
                Unknown.parseFrom(Arrays.copyOfRange(status, 4, status.length)).getRaw());
        assertThat(theirs.getCode()).isEqualTo(404);
        assertThat(theirs.getDetails().getCauses(0).getField()).isEqualTo("f");

        byte[] partial = PROTOBUF.writeMetadata("meta.k8s.io/v1", Map.of("metadata", Map.of("name", "web")));
        Unknown about = Unknown.parseFrom(Arrays.copyOfRange(partial, 4, partial.length));
        assertThat(about.getTypeMeta().getKind()).isEqualTo("PartialObjectMetadata");
        assertThat(V1.Service.parseFrom(about.getRaw()).getMetadata().getName()).isEqualTo("web");
    }
}
