// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How objects come, change and go: generations, subresources, finalizers, grace, namespaces, dry runs. */
@Timeout(60)
class LifecycleTest {
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String POD = """
            metadata: {name: one}
            spec: {nodeName: here, containers: [{name: main, image: echo}]}
            """;
    private static final String DEPLOYMENT = """
            metadata: {name: web}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: echo}]}
            """;

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_pod_on_a_node_ends_in_its_own_time() {
        api.post(PODS, POD).is(201);
        Tree meta = api.delete(PODS + "/one").is(200).tree().tree("metadata");
        assertThat(meta.whole("deletionGracePeriodSeconds", 0)).isEqualTo(30);
        assertThat(meta.text("deletionTimestamp")).isNotNull();
        assertThat(api.delete(PODS + "/one", "gracePeriodSeconds: 60")
                        .is(200)
                        .tree()
                        .tree("metadata")
                        .fields())
                .as("a longer time does not count")
                .isEqualTo(meta.fields());
        assertThat(api.delete(PODS + "/one", "gracePeriodSeconds: 5")
                        .is(200)
                        .tree()
                        .tree("metadata")
                        .whole("deletionGracePeriodSeconds", 0))
                .isEqualTo(5);
        assertThat(api.delete(PODS + "/one", "gracePeriodSeconds: 0")
                        .is(200)
                        .tree()
                        .text("kind"))
                .isEqualTo("Pod");
        api.get(PODS + "/one").is(404);
    }

    @Test
    void a_pod_without_node_is_gone_at_once() {
        api.post(PODS, POD.replace("nodeName: here, ", "")).is(201);
        api.delete(PODS + "/one").is(200);
        api.get(PODS + "/one").is(404);
    }

    @Test
    void finalizers_hold_an_object_until_the_last_is_gone() {
        api.post(MAPS, "metadata: {name: one, finalizers: [a.example/x, a.example/y]}")
                .is(201);
        Client.Answer marked = api.delete(MAPS + "/one").is(200);
        assertThat(marked.tree().text("kind")).isEqualTo("ConfigMap");
        assertThat(marked.tree().tree("metadata").text("deletionTimestamp")).isNotNull();
        api.merge(MAPS + "/one", "{\"metadata\":{\"finalizers\":[\"a.example/x\"]}}")
                .is(200);
        assertThat(api.merge(MAPS + "/one", "{\"metadata\":{\"finalizers\":[\"a.example/x\",\"a.example/z\"]}}")
                        .is(422)
                        .message())
                .contains("metadata.finalizers");
        api.merge(MAPS + "/one", "{\"metadata\":{\"finalizers\":null}}").is(200);
        api.get(MAPS + "/one").is(404);
    }

    @Test
    void propagation_policies_become_finalizers() {
        api.post(DEPLOYMENTS, DEPLOYMENT).is(201);
        Tree meta = api.delete(DEPLOYMENTS + "/web", "propagationPolicy: Foreground")
                .is(200)
                .tree()
                .tree("metadata");
        assertThat(meta.texts("finalizers")).containsExactly("foregroundDeletion");
        assertThat(meta.whole("generation", 0)).isEqualTo(2);
        assertThat(api.delete(DEPLOYMENTS + "/web", "propagationPolicy: Sideways")
                        .is(422)
                        .message())
                .contains("supported values: \"Background\", \"Foreground\", \"Orphan\"");
    }

    @Test
    void preconditions_are_held() {
        api.post(MAPS, "metadata: {name: one}").is(201);
        assertThat(api.delete(MAPS + "/one", "preconditions: {uid: other}")
                        .is(409)
                        .message())
                .contains("Precondition failed: UID in precondition: other");
        api.delete(MAPS + "/one", "preconditions: {resourceVersion: \"1\"}").is(409);
        Client.Answer gone = api.delete(MAPS + "/one").is(200);
        assertThat(gone.tree().text("status")).isEqualTo("Success");
        assertThat(gone.tree().tree("details").text("kind")).isEqualTo("configmaps");
    }

    @Test
    void a_namespace_goes_when_its_finalizer_goes() {
        api.post("/api/v1/namespaces", "metadata: {name: old}").is(201);
        Tree marked = api.delete("/api/v1/namespaces/old").is(200).tree();
        assertThat(marked.tree("status").text("phase")).isEqualTo("Terminating");
        Client.Answer refused = api.post("/api/v1/namespaces/old/configmaps", "metadata: {name: one}")
                .is(403);
        assertThat(refused.message())
                .isEqualTo(
                        "configmaps \"one\" is forbidden: unable to create new content in namespace old because it is"
                                + " being terminated");
        assertThat(refused.tree().tree("details").trees("causes").getFirst().text("reason"))
                .isEqualTo("NamespaceTerminating");
        marked.tree("spec").fields().remove("finalizers");
        api.put("/api/v1/namespaces/old/finalize", marked).is(200);
        api.get("/api/v1/namespaces/old").is(404);
        assertThat(api.delete("/api/v1/namespaces/default").is(403).message())
                .isEqualTo("namespaces \"default\" is forbidden: this namespace may not be deleted");
    }

    @Test
    void generations_count_specifications() {
        Client.Answer made = api.post(DEPLOYMENTS, DEPLOYMENT).is(201);
        assertThat(generation(made)).isEqualTo(1);
        assertThat(generation(api.merge(DEPLOYMENTS + "/web", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")))
                .isEqualTo(1);
        assertThat(generation(api.merge(DEPLOYMENTS + "/web/status", "{\"status\":{\"replicas\":1}}")))
                .isEqualTo(1);
        assertThat(generation(api.merge(DEPLOYMENTS + "/web", "{\"spec\":{\"replicas\":3}}")))
                .isEqualTo(2);
    }

    private static long generation(Client.Answer answer) {
        return answer.is(answer.status() == 201 ? 201 : 200)
                .tree()
                .tree("metadata")
                .whole("generation", 0);
    }

    @Test
    void status_and_specification_are_written_apart() {
        api.post(DEPLOYMENTS, DEPLOYMENT + "status: {replicas: 9}\n").is(201);
        assertThat(api.get(DEPLOYMENTS + "/web").tree().tree("status").whole("replicas", 0))
                .isZero();
        String both = "{\"spec\":{\"replicas\":7},\"status\":{\"replicas\":5}}";
        Tree status = api.merge(DEPLOYMENTS + "/web/status", both).is(200).tree();
        assertThat(status.tree("spec").whole("replicas", 0)).isEqualTo(2);
        assertThat(status.tree("status").whole("replicas", 0)).isEqualTo(5);
        Tree main =
                api.merge(DEPLOYMENTS + "/web", both.replace("5", "6")).is(200).tree();
        assertThat(main.tree("spec").whole("replicas", 0)).isEqualTo(7);
        assertThat(main.tree("status").whole("replicas", 0)).isEqualTo(5);
    }

    @Test
    void scale_reads_and_writes_the_count_alone() {
        api.post(DEPLOYMENTS, DEPLOYMENT).is(201);
        Tree scale = api.get(DEPLOYMENTS + "/web/scale").is(200).tree();
        assertThat(scale.text("kind")).isEqualTo("Scale");
        assertThat(scale.tree("status").text("selector")).isEqualTo("app=web");
        scale.tree("spec").fields().put("replicas", 4L);
        assertThat(api.put(DEPLOYMENTS + "/web/scale", scale)
                        .is(200)
                        .tree()
                        .tree("spec")
                        .whole("replicas", 0))
                .isEqualTo(4);
        assertThat(api.put(DEPLOYMENTS + "/web/scale", scale).is(409).message()).contains("has been modified");
        assertThat(api.merge(DEPLOYMENTS + "/web/scale", "{\"spec\":{\"replicas\":-1}}")
                        .is(422)
                        .message())
                .contains("must be greater than or equal to 0");
        assertThat(api.get(DEPLOYMENTS + "/web").tree().tree("spec").whole("replicas", 0))
                .isEqualTo(4);
    }

    @Test
    void a_dry_run_changes_nothing() {
        String version = api.get(MAPS).version();
        api.post(MAPS + "?dryRun=All", "metadata: {name: one}").is(201);
        api.post(MAPS, "metadata: {name: two}").is(201);
        String after = api.get(MAPS).version();
        assertThat(Long.parseLong(after)).isEqualTo(Long.parseLong(version) + 1);
        api.merge(MAPS + "/two?dryRun=All", "{\"data\":{\"a\":\"b\"}}").is(200);
        api.delete(MAPS + "/two?dryRun=All").is(200);
        // kubectl and client-go say it in the body
        api.delete(MAPS + "/two", "{kind: DeleteOptions, apiVersion: v1, dryRun: [All]}")
                .is(200);
        api.delete(MAPS, "{kind: DeleteOptions, apiVersion: v1, dryRun: [All]}").is(200);
        api.delete(MAPS + "/two", "{kind: DeleteOptions, apiVersion: v1, dryRun: [Some]}")
                .is(422);
        assertThat(api.get(MAPS).version()).isEqualTo(after);
        assertThat(api.post(MAPS + "?dryRun=Some", "metadata: {name: one}")
                        .is(422)
                        .message())
                .contains("dryRun: Unsupported value: \"Some\"");
    }

    @Test
    void pods_are_evicted() {
        String pods = "/api/v1/namespaces/default/pods";
        api.post(pods, "{metadata: {name: p}, spec: {containers: [{name: c, image: x}]}}")
                .is(201);
        String eviction = "{apiVersion: policy/v1, kind: Eviction, metadata: {name: p}, deleteOptions: {%s}}";
        api.post(pods + "/p/eviction", eviction.replace("name: p", "name: q").formatted(""))
                .is(400);
        api.post(pods + "/p/eviction", eviction.formatted("dryRun: [All]")).is(201);
        api.post(pods + "/p/eviction", eviction.formatted("preconditions: {uid: another}"))
                .is(409);
        api.get(pods + "/p").is(200);
        assertThat(api.post(pods + "/p/eviction", eviction.formatted(""))
                        .is(201)
                        .tree()
                        .text("status", ""))
                .isEqualTo("Success");
        api.get(pods + "/p").is(404);
        api.post(pods + "/p/eviction", eviction.formatted("")).is(404);
        api.get(pods + "/p/eviction").is(405);
    }

    @Test
    void a_scale_is_shown_as_a_table() {
        api.post(DEPLOYMENTS, DEPLOYMENT).is(201);
        Tree table = api.send(Request.of("GET", DEPLOYMENTS + "/web/scale")
                        .with("accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"))
                .is(200)
                .tree();
        assertThat(table.text("kind", "")).isEqualTo("Table");
        assertThat(table.trees("columnDefinitions"))
                .extracting(column -> column.text("name", ""))
                .containsExactly("Name", "Desired", "Available", "Age");
        assertThat(table.trees("rows").getFirst().value("cells").toString()).startsWith("[web, 2, 0, ");
    }

    @Test
    void collections_are_deleted_by_selector() {
        api.post(MAPS, "metadata: {name: a, labels: {x: \"1\"}}").is(201);
        api.post(MAPS, "metadata: {name: b}").is(201);
        api.delete(MAPS + "?labelSelector=x").is(200);
        assertThat(ApiContract.names(api.get(MAPS))).containsExactly("b");
    }

    @Test
    void a_put_may_create_where_kubernetes_lets_it() {
        api.put("/api/v1/namespaces/default/endpoints/e", "metadata: {name: e}").is(201);
        api.put(MAPS + "/none", "metadata: {name: none}").is(404);
        assertThat(api.put(MAPS + "/x", "metadata: {name: y}").is(400).message())
                .isEqualTo("the name of the object (y) does not match the name on the URL (x)");
    }

    @Test
    void patches_of_every_type() {
        api.post("/api/v1/namespaces/default/services", ApiContract.WEB).is(201);
        String path = "/api/v1/namespaces/default/services/web";
        Tree strategic = api.patch(
                        path,
                        "application/strategic-merge-patch+json",
                        "{\"spec\":{\"ports\":[{\"port\":81,\"name\":\"b\"},{\"port\":80,\"name\":\"a\"}]}}")
                .is(200)
                .tree();
        assertThat(strategic.tree("spec").trees("ports")).hasSize(2);
        api.patch(path, "application/json-patch+json", "[{\"op\":\"remove\",\"path\":\"/spec/ports/0\"}]")
                .is(200);
        assertThat(api.patch(path, "application/json-patch+json", "[{\"op\":\"test\",\"path\":\"/kind\",\"value\":1}]")
                        .is(422)
                        .tree()
                        .text("reason"))
                .isEqualTo("Invalid");
        api.patch(path, "application/json-patch+json", "{}").is(400);
        api.patch(path, "application/merge-patch+json", "{\"metadata\":{\"resourceVersion\":\"1\"}}")
                .is(409);
        assertThat(api.patch(path, "text/plain", "{}").is(415).message())
                .contains("application/merge-patch+json", "application/apply-patch+yaml");
        assertThat(api.merge(path + "?fieldValidation=Strict", "{\"spec\":{\"foo\":1}}")
                        .is(422)
                        .message())
                .contains("unknown field \"spec.foo\"");
        api.merge("/api/v1/namespaces/default/services/none", "{}").is(404);
    }

    @Test
    void logs_come_through_the_door_to_the_node() {
        api.post(PODS, POD).is(201);
        var reply = (dev.fairlead.wire.exchange.Reply.Whole)
                api.raw(dev.fairlead.wire.exchange.Request.of("GET", PODS + "/one/log"));
        assertThat(new String(reply.body(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("logs of main\n");
        assertThat(api.get(PODS + "/one/log?container=other").is(400).message())
                .isEqualTo("container other is not valid for pod one");
        assertThat(api.get(PODS + "/none/log").is(404).message()).isEqualTo("pods \"none\" not found");
        String invalid = "PodLogOptions \"one\" is invalid: ";
        assertThat(api.get(PODS + "/one/log?tailLines=-1").is(422).message())
                .isEqualTo(invalid + "tailLines: Invalid value: -1: must be greater than or equal to 0");
        assertThat(api.get(PODS + "/one/log?sinceSeconds=0&limitBytes=0")
                        .is(422)
                        .message())
                .isEqualTo(invalid + "[limitBytes: Invalid value: 0: must be greater than 0,"
                        + " sinceSeconds: Invalid value: 0: must be greater than 0]");
        assertThat(api.get(PODS + "/one/log?sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z")
                        .is(422)
                        .message())
                .isEqualTo(invalid + "[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified");
        api.get(PODS + "/one/log?tailLines=x").is(400);
    }

    @Test
    void the_server_has_a_service_of_its_own() {
        server.api().advertise(IpAddress.of("10.0.0.5"), 6443);
        server.api().advertise(IpAddress.of("10.0.0.6"), 6444);
        Tree service = api.get("/api/v1/namespaces/default/services/kubernetes")
                .is(200)
                .tree();
        assertThat(service.tree("spec").text("clusterIP")).isEqualTo("10.96.0.1");
        Tree endpoints = api.get("/api/v1/namespaces/default/endpoints/kubernetes")
                .is(200)
                .tree();
        assertThat(endpoints
                        .trees("subsets")
                        .getFirst()
                        .trees("addresses")
                        .getFirst()
                        .text("ip"))
                .isEqualTo("10.0.0.6");
        api.get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes")
                .is(200);
    }

    @Test
    void the_blocks_of_cluster_ips_are_told() {
        Tree cidr = api.get("/apis/networking.k8s.io/v1/servicecidrs/kubernetes")
                .is(200)
                .tree();
        assertThat(cidr.tree("spec").texts("cidrs")).containsExactly("10.96.0.0/16");
        assertThat(cidr.tree("status").trees("conditions").getFirst().text("status"))
                .isEqualTo("True");
    }

    @Test
    void a_server_whose_store_is_closed_is_not_healthy() {
        server.store().close();
        assertThat(api.get("/readyz").status()).isEqualTo(500);
        assertThat(api.post(MAPS, "metadata: {name: one}").is(503).message()).isEqualTo("the server is stopping");
    }

    @Test
    void both_versions_of_events_are_the_same_events() {
        String event = """
                metadata: {name: e}
                involvedObject: {kind: Pod, namespace: default, name: one}
                message: It came.
                reason: Came
                type: Normal
                """;
        api.post("/api/v1/namespaces/default/events", event).is(201);
        String path = "/apis/events.k8s.io/v1/namespaces/default/events";
        Tree fresh = api.get(path + "/e").is(200).tree();
        assertThat(fresh.text("apiVersion")).isEqualTo("events.k8s.io/v1");
        assertThat(fresh.text("note")).isEqualTo("It came.");
        assertThat(fresh.tree("regarding").text("name")).isEqualTo("one");
        assertThat(api.get(path).is(200).tree().trees("items").getFirst().text("note"))
                .isEqualTo("It came.");
        api.merge(path + "/e", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}").is(200);
        api.merge(path + "/e", "{\"note\":\"It went.\"}").is(422);
        api.merge("/api/v1/namespaces/default/events/e", "{\"message\":\"It went.\"}")
                .is(200);
        Tree old = api.get("/api/v1/namespaces/default/events/e").is(200).tree();
        assertThat(old.text("message")).isEqualTo("It went.");
        assertThat(old.text("apiVersion")).isEqualTo("v1");
        assertThat(old.has("note")).isFalse();
        assertThat(api.get(path + "/e").is(200).tree().text("note")).isEqualTo("It went.");
    }

    @Test
    void new_events_say_more_and_stay_as_they_are() {
        String path = "/apis/events.k8s.io/v1/namespaces/default/events";
        String event = """
                metadata: {name: e}
                regarding: {kind: Pod, namespace: default, name: one}
                eventTime: "2026-01-01T00:00:00.000000Z"
                reportingController: a.b/c
                reportingInstance: i
                action: Coming
                note: It came.
                reason: Came
                type: Normal
                """;
        assertThat(api.post(path, event.replace("type: Normal", "type: Odd"))
                        .is(422)
                        .message())
                .isEqualTo("Event.events.k8s.io \"e\" is invalid: type: Invalid value: \"\": has invalid value: Odd");
        api.post(path, event).is(201);
        assertThat(api.merge(path + "/e", "{\"note\":\"It went.\"}").is(422).message())
                .isEqualTo(
                        "Event.events.k8s.io \"e\" is invalid: message: Invalid value: \"It went.\": field is immutable");
        String series = "{\"series\":{\"count\":2,\"lastObservedTime\":\"2026-01-01T00:00:01.000000Z\"}}";
        assertThat(api.merge(path + "/e", series).is(200).tree().tree("series").whole("count", 0))
                .isEqualTo(2);
        String astray = "{metadata: {name: f}, involvedObject: {namespace: other}}";
        assertThat(api.post("/api/v1/namespaces/default/events", astray).is(422).message())
                .isEqualTo("Event \"f\" is invalid: involvedObject.namespace: Invalid value: \"other\": does not match"
                        + " event.namespace");
    }

    @Test
    void an_owner_is_named_once() {
        String owner = "{apiVersion: v1, kind: Pod, name: p, uid: u}";
        Client.Answer made =
                api.post(MAPS, "{metadata: {name: owned, ownerReferences: [" + owner + "," + owner + "]}}");
        assertThat(made.is(201).tree().tree("metadata").trees("ownerReferences"))
                .hasSize(1);
        assertThat(made.warning())
                .contains(".metadata.ownerReferences contains duplicate entries; API server dedups owner references in"
                        + " 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate"
                        + " UID(s) observed: u");
        Client.Answer put =
                api.put(MAPS + "/owned", "{metadata: {name: owned, ownerReferences: [" + owner + "," + owner + "]}}");
        assertThat(put.is(200).tree().tree("metadata").trees("ownerReferences")).hasSize(1);
        assertThat(put.warning()).contains("duplicate UID(s) observed: u");
        assertThat(put.version()).isEqualTo(made.version());
    }

    @Test
    void events_are_forgotten_after_an_hour() {
        FakeTime time = new FakeTime(Instant.parse("2026-01-01T00:00:00Z"));
        try (TestServer aging = new TestServer(Duration.ofMinutes(1), time)) {
            Client client = new Client(aging.api());
            String path = "/api/v1/namespaces/default/events";
            client.post(path, "metadata: {name: old}").is(201);
            time.advance(Duration.ofMinutes(30));
            client.post(path, "metadata: {name: new}").is(201);
            time.advance(Duration.ofMinutes(29));
            assertThat(ApiContract.names(client.get(path))).containsExactly("new", "old");
            time.advance(Duration.ofMinutes(2));
            assertThat(ApiContract.names(client.get(path))).containsExactly("new");
        }
    }
}
