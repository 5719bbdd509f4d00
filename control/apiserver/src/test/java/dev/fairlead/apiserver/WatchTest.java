// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Revisions, bookmarks, forgotten history, tables, and many writers at once. */
@Timeout(60)
class WatchTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void history_that_is_forgotten_is_410() {
        String old = api.get(MAPS).version();
        String token = page();
        server.store().compact(server.store().revision());
        assertThat(api.get(MAPS + "?watch=true&resourceVersion=" + old).is(410).message())
                .startsWith("too old resource version: " + old);
        Tree expired = api.get(MAPS + "?limit=1&continue=" + token).is(410).tree();
        assertThat(expired.text("reason")).isEqualTo("Expired");
        String inconsistent = expired.tree("metadata").text("continue", "");
        assertThat(ApiContract.names(api.get(MAPS + "?continue=" + inconsistent).is(200)))
                .containsExactly("b", "c");
    }

    private String page() {
        for (String name : List.of("a", "b", "c")) {
            api.post(MAPS, "metadata: {name: " + name + "}").is(201);
        }
        String token = api.get(MAPS + "?limit=1").tree().tree("metadata").text("continue", "");
        api.delete(MAPS + "/a").is(200);
        return token;
    }

    @Test
    void a_revision_to_come_is_504() {
        Client.Answer answer = api.get(MAPS + "?resourceVersion=999999").is(504);
        assertThat(answer.message()).startsWith("Timeout: Too large resource version: 999999, current: ");
        assertThat(answer.reply().header("retry-after")).isEqualTo("1");
        api.get(MAPS + "?watch=true&resourceVersion=999999").is(504);
    }

    @Test
    void options_that_contradict_are_422() {
        assertThat(api.get(MAPS + "?resourceVersionMatch=Exact").is(422).message())
                .contains("resourceVersionMatch is forbidden unless resourceVersion is provided");
        assertThat(api.get(MAPS + "?watch=true&sendInitialEvents=true").is(422).message())
                .contains("requires setting resourceVersionMatch to NotOlderThan");
        assertThat(api.get(MAPS + "?continue=broken").is(400).message()).contains("continue key is not valid");
        api.get(MAPS + "?limit=some").is(400);
        api.get(MAPS + "?labelSelector=%21%21").is(400);
    }

    @ParameterizedTest
    @CsvSource({
        "?watch, true",
        "?watch=, true",
        "?watch=1, true",
        "?watch=yes, true",
        "?watch=TRUE, true",
        "?watch=false, false",
        "?watch=False, false",
        "?watch=0, false",
        "?limit=1, false"
    })
    void all_but_false_and_0_is_true(String query, boolean watches) throws Exception {
        Reply reply = api.raw(Request.of("GET", MAPS + query));
        assertThat(reply.status()).isEqualTo(200);
        if (reply instanceof Reply.Streamed streamed) {
            streamed.stream().close();
        }
        assertThat(reply instanceof Reply.Streamed).isEqualTo(watches);
    }

    @Test
    void one_object_is_watched_by_its_watch_path_only() throws Exception {
        api.post(MAPS, "metadata: {name: one}").is(201);
        assertThat(api.get(MAPS + "/one?watch=true").is(200).tree().text("kind"))
                .isEqualTo("ConfigMap");
        try (Events events = api.watch("/api/v1/watch/namespaces/default/configmaps/one")) {
            assertThat(events.event().text("type")).isEqualTo("ADDED");
        }
    }

    @Test
    void bookmarks_come_while_nothing_happens() {
        try (TestServer quick = new TestServer(java.time.Duration.ofMillis(20));
                Events events = new Client(quick.api())
                        .watch("/api/v1/nodes?watch=true&allowWatchBookmarks=true&resourceVersion="
                                + quick.store().revision())) {
            long before = quick.store().revision();
            Tree bookmark = events.event();
            assertThat(bookmark.text("type")).isEqualTo("BOOKMARK");
            assertThat(bookmark.tree("object").text("kind")).isEqualTo("Node");
            assertThat(Long.parseLong(bookmark.tree("object").tree("metadata").text("resourceVersion", "")))
                    .isEqualTo(before);
        }
    }

    @Test
    void a_watched_table_names_its_columns_once() {
        Reply reply = api.raw(Request.of("GET", MAPS + "?watch=true").with("accept", TABLE));
        try (Events events = new Events(((Reply.Streamed) reply).stream())) {
            api.post(MAPS, "metadata: {name: one}").is(201);
            api.post(MAPS, "metadata: {name: two}").is(201);
            Tree first = events.event().tree("object");
            assertThat(first.trees("columnDefinitions"))
                    .extracting(column -> column.text("name"))
                    .containsExactly("Name", "Data", "Age");
            assertThat(first.trees("rows").getFirst().tree("object").text("kind"))
                    .isEqualTo("PartialObjectMetadata");
            Tree second = events.event().tree("object");
            assertThat(second.trees("columnDefinitions")).isEmpty();
            assertThat(second.trees("rows").getFirst().value("cells"))
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                    .startsWith("two", 0L);
        }
    }

    @Test
    void metadata_alone_can_be_asked_for() {
        api.post(MAPS, "{metadata: {name: one}, data: {a: b}}").is(201);
        Tree list = api.send(Request.of("GET", MAPS)
                        .with("accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"))
                .is(200)
                .tree();
        assertThat(list.text("kind")).isEqualTo("PartialObjectMetadataList");
        assertThat(list.trees("items").getFirst().fields()).containsOnlyKeys("kind", "apiVersion", "metadata");
        String metadata = "application/json;g=meta.k8s.io;v=v1;as=";
        assertThat(asked(MAPS, metadata + "PartialObjectMetadata").is(406).message())
                .isEqualTo("you requested PartialObjectMetadata, but the requested object is a list");
        assertThat(asked(MAPS + "/one", metadata + "PartialObjectMetadataList")
                        .is(406)
                        .message())
                .isEqualTo("you requested PartialObjectMetadataList, but the requested object is not a list");
        assertThat(asked(MAPS + "?includeObject=Foo", TABLE).is(400).message())
                .isEqualTo("Unable to convert to Table as requested: includeObject: Invalid value: \"Foo\":"
                        + " must be 'Metadata', 'Object', 'None', or empty");
        api.send(Request.of("GET", MAPS).with("accept", "text/html")).is(406);
        api.send(Request.of("GET", MAPS).with("accept", "application/vnd.kubernetes.protobuf,application/json"))
                .is(200);
    }

    private Client.Answer asked(String path, String accept) {
        return api.send(Request.of("GET", path).with("accept", accept));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json, application/yaml | application/json",
                "application/json;q=0.1, application/yaml;q=0.9 | application/yaml",
                "application/json;q=0.1, application/yaml | application/yaml",
                "*/*, application/yaml | application/yaml",
                "application/*, application/yaml | application/yaml",
                "application/yaml;q=0.5, */*;q=0.8 | application/json",
                "text/html, application/xml;q=0.9, */*;q=0.8 | application/json",
                "application/yaml;q=much, application/json | application/yaml"
            })
    void what_is_liked_best_is_sent(String accept, String type) {
        for (String path : List.of(MAPS, MAPS + "/none", "/apis", "/apis/apps/v1", "/")) {
            Reply reply = api.raw(Request.of("GET", path).with("accept", accept));
            assertThat(reply.header("content-type")).as(path).isEqualTo(type);
        }
    }

    @Test
    void small_answers_are_yaml_for_who_wants_that() {
        String yaml = "application/yaml";
        assertThat(text(Request.of("GET", MAPS + "/none").with("accept", yaml)))
                .contains("kind: Status\n", "reason: NotFound\n", "code: 404\n");
        api.post(MAPS, "metadata: {name: one}").is(201);
        assertThat(text(Request.of("DELETE", MAPS + "/one").with("accept", yaml)))
                .contains("kind: Status\n", "status: Success\n");
        assertThat(text(Request.of("GET", "/apis").with("accept", yaml))).contains("kind: APIGroupList\n");
        assertThat(text(Request.of("GET", MAPS + "?watch=true").with("accept", yaml)))
                .contains("reason: NotAcceptable\n", "application/json;stream=watch");
    }

    private String text(Request request) {
        return new String(((Reply.Whole) api.raw(request)).body(), StandardCharsets.UTF_8);
    }

    @Test
    void writers_at_once_get_different_addresses_and_ports() throws Exception {
        int writers = 8;
        int each = 25;
        List<Future<?>> done = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < writers; writer++) {
                String prefix = "w" + writer + "-";
                done.add(threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        api.post(
                                        ApiContract.SERVICES,
                                        ApiContract.WEB
                                                .replace("name: web", "name: " + prefix + i)
                                                .replace("spec: {", "spec: {type: NodePort, "))
                                .is(201);
                    }
                }));
            }
        }
        for (Future<?> writer : done) {
            writer.get();
        }
        Set<String> addresses = new HashSet<>();
        Set<Long> ports = new HashSet<>();
        for (Tree service : api.get(ApiContract.SERVICES).tree().trees("items")) {
            addresses.add(service.tree("spec").text("clusterIP"));
            ports.add(service.tree("spec").trees("ports").getFirst().whole("nodePort", 0));
        }
        assertThat(addresses).hasSize(writers * each);
        assertThat(ports).hasSize(writers * each);
    }

    @Test
    void one_object_patched_by_many_loses_nothing() throws Exception {
        api.post(MAPS, "metadata: {name: one}").is(201);
        List<Future<?>> done = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                String patch = "{\"data\":{\"k" + i + "\":\"v\"}}";
                done.add(threads.submit(() -> api.merge(MAPS + "/one", patch).is(200)));
            }
        }
        for (Future<?> writer : done) {
            writer.get();
        }
        assertThat(api.get(MAPS + "/one").tree().tree("data").fields()).hasSize(40);
    }
}
