// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.protobuf.Protobuf;
import dev.fairlead.wire.schema.Schema;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers in Kubernetes' protobuf, as controllers written in Go ask for them. */
class ProtobufAnswersTest {
    private static final Protobuf PROTOBUF = new Protobuf(Schema.load());
    private static final String ACCEPT = Protobuf.MEDIA_TYPE + ",application/json";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    private final TestServer server = new TestServer();
    private final Client client = new Client(server.api());

    @BeforeEach
    void make() {
        client.post(MAPS, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}}")
                .is(201);
    }

    @AfterEach
    void end() {
        server.close();
    }

    private Reply ask(String path, String accept) {
        return client.raw(Request.of("GET", path).with("accept", accept));
    }

    private static Tree read(Reply reply) {
        assertThat(reply.header("content-type")).isEqualTo(Protobuf.MEDIA_TYPE);
        return new Tree(PROTOBUF.read(((Reply.Whole) reply).body()));
    }

    @Test
    void anObjectIsTheSameAsInJson() {
        Tree object = read(ask(MAPS + "/a", ACCEPT));
        assertThat(object.fields()).isEqualTo(client.get(MAPS + "/a").tree().fields());
    }

    @Test
    void aListHasItsItems() {
        Reply reply = ask(MAPS + "?limit=1", ACCEPT);
        assertThat(reply.header("content-type")).isEqualTo(Protobuf.MEDIA_TYPE);
        String bytes = new String(((Reply.Whole) reply).body(), StandardCharsets.ISO_8859_1);
        assertThat(bytes).startsWith("k8s\0").contains("ConfigMapList").contains("default");
    }

    @Test
    void refusalsAndDeletionsAreStatuses() {
        Tree missing = read(ask(MAPS + "/b", ACCEPT));
        assertThat(missing.text("kind")).isEqualTo("Status");
        assertThat(missing.whole("code", 0)).isEqualTo(404);
        Tree gone = read(client.raw(Request.of("DELETE", MAPS + "/a").with("accept", ACCEPT)));
        assertThat(gone.text("status")).isEqualTo("Success");
    }

    @Test
    void metadataAloneIsThereForEveryKind() {
        client.post(CustomKindsTest.DEFINITIONS, CustomKindsTest.DEFINITION).is(201);
        Reply reply = ask(
                CustomKindsTest.DEFINITIONS,
                Protobuf.MEDIA_TYPE + ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json");
        assertThat(reply.header("content-type")).isEqualTo(Protobuf.MEDIA_TYPE);
        assertThat(new String(((Reply.Whole) reply).body(), StandardCharsets.ISO_8859_1))
                .contains("PartialObjectMetadataList")
                .contains("widgets.example.com");
    }

    @Test
    void kindsWithoutProtobufAnswerInJsonOrNotAtAll() {
        client.post(CustomKindsTest.DEFINITIONS, CustomKindsTest.DEFINITION).is(201);
        assertThat(ask(CustomKindsTest.WIDGETS, ACCEPT).header("content-type")).isEqualTo("application/json");
        assertThat(ask(CustomKindsTest.WIDGETS, Protobuf.MEDIA_TYPE).status()).isEqualTo(406);
        Request body =
                Request.of("POST", CustomKindsTest.WIDGETS).with(new byte[] {'k', '8', 's', 0}, Protobuf.MEDIA_TYPE);
        assertThat(client.raw(body).status()).isEqualTo(415);
    }

    @Test
    void aWatchSendsFrames() throws Exception {
        Reply reply = ask(MAPS + "?watch=true", ACCEPT);
        assertThat(reply.header("content-type")).isEqualTo(Protobuf.MEDIA_TYPE + ";stream=watch");
        try (var stream = ((Reply.Streamed) reply).stream()) {
            byte[] first = stream.next();
            assertThat(ByteBuffer.wrap(first).getInt()).isEqualTo(first.length - 4);
            assertThat(new String(first, StandardCharsets.ISO_8859_1))
                    .contains("ADDED")
                    .contains("k8s\0");
        }
    }
}
