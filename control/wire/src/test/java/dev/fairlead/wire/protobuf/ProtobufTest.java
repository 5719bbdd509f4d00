// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.schema.Schema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProtobufTest {
    private static final Schema SCHEMA = Schema.load();
    private static final Protobuf PROTOBUF = new Protobuf(SCHEMA);

    /** What {@code --dry-run=client -o json} prints for the same command is the truth to compare with. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares these
    record Sent(String command, byte[] body, String json) {
        @Override
        public String toString() {
            return command;
        }
    }

    static Stream<Sent> sent() throws IOException {
        try (InputStream in = Objects.requireNonNull(ProtobufTest.class.getResourceAsStream("kubectl.txt"))) {
            return Stream.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n\n"))
                    .skip(1)
                    .map(text -> text.split("\n"))
                    .map(lines -> new Sent(lines[0], Base64.getDecoder().decode(lines[1]), lines[2]));
        }
    }

    @ParameterizedTest
    @MethodSource("sent")
    void whatKubectlSendsReadsAsTheSameObjectInJson(Sent sent) {
        Map<String, Object> object = PROTOBUF.read(sent.body);
        assertThat(object).isEqualTo(Json.object(sent.json.getBytes(StandardCharsets.UTF_8)));
        assertThat(SCHEMA.check(SCHEMA.require((String) object.get("apiVersion"), (String) object.get("kind")), object))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sent")
    void brokenBytesNeverDoWorseThanASyntaxException(Sent sent) {
        for (int length = 0; length < sent.body.length; length++) {
            survives(Arrays.copyOf(sent.body, length));
        }
        for (long seed = 0; seed < 500; seed++) {
            byte[] mutant = sent.body.clone();
            Random random = new Random(seed);
            for (int i = 0; i <= random.nextInt(3); i++) {
                mutant[4 + random.nextInt(mutant.length - 4)] = (byte) random.nextInt();
            }
            survives(mutant);
        }
    }

    private static void survives(byte[] body) {
        try {
            assertThat(PROTOBUF.read(body)).isNotEmpty();
        } catch (SyntaxException expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @Test
    void otherBodiesAreRefused() {
        assertThatThrownBy(() -> PROTOBUF.read("{}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(SyntaxException.class)
                .hasMessage("not a Kubernetes protobuf object: it does not begin with \"k8s\\0\"");
        assertThatThrownBy(() -> PROTOBUF.read(object("example.org/v1", "Thing", new byte[0])))
                .isInstanceOf(SyntaxException.class)
                .hasMessage("no protobuf is known for kind \"Thing\" in version \"example.org/v1\"; send JSON");
    }

    /** Time, MicroTime, managed fields, a zero that means something, a list of packed numbers, a map with lists. */
    @Test
    void specialMessagesBecomeWhatTheyAreInJson() {
        byte[] managed = message(
                field(4, message(number(1, 1_767_323_045L))),
                text(6, "FieldsV1"),
                field(7, field(1, "{\"f:spec\":{}}".getBytes(StandardCharsets.UTF_8))));
        byte[] meta = message(text(1, "a"), field(8, new byte[0]), field(17, managed));
        byte[] renewTime = message(number(1, 1_767_323_045L), number(2, 123_456_000));
        byte[] lease = message(field(1, meta), field(2, message(text(1, "me"), field(4, renewTime), number(5, 0))));
        assertThat(PROTOBUF.read(object("coordination.k8s.io/v1", "Lease", lease)))
                .isEqualTo(Map.of(
                        "apiVersion",
                        "coordination.k8s.io/v1",
                        "kind",
                        "Lease",
                        "metadata",
                        Map.of(
                                "name",
                                "a",
                                "managedFields",
                                List.of(Map.of(
                                        "time",
                                        "2026-01-02T03:04:05Z",
                                        "fieldsType",
                                        "FieldsV1",
                                        "fieldsV1",
                                        Map.of("f:spec", Map.of())))),
                        "spec",
                        Map.of(
                                "holderIdentity",
                                "me",
                                "renewTime",
                                "2026-01-02T03:04:05.123456Z",
                                "leaseTransitions",
                                0L)));
        byte[] options = message(number(1, 0), text(4, "Background"));
        assertThat(PROTOBUF.read(object("apps/v1", "DeleteOptions", options)))
                .containsEntry("gracePeriodSeconds", 0L)
                .containsEntry("propagationPolicy", "Background");
    }

    private static byte[] object(String apiVersion, String kind, byte[] raw) {
        return message(
                "k8s\0".getBytes(StandardCharsets.UTF_8),
                field(1, message(text(1, apiVersion), text(2, kind))),
                field(2, raw));
    }

    private static byte[] message(byte[]... fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] field : fields) {
            out.writeBytes(field);
        }
        return out.toByteArray();
    }

    private static byte[] text(int number, String text) {
        return field(number, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] field(int number, byte[] bytes) {
        return message(varint(number << 3 | 2), varint(bytes.length), bytes);
    }

    private static byte[] number(int number, long value) {
        return message(varint((long) number << 3), varint(value));
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long rest = value;
        while (rest >>> 7 != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return out.toByteArray();
    }
}
