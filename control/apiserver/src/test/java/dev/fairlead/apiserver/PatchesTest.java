// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.patch.Patch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of patches that can be read, and what they may not make of an object. */
@Timeout(60)
class PatchesTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String MAP = MAPS + "/z";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());

    @BeforeEach
    void make() {
        api.post(MAPS, "{metadata: {name: z}, data: {a: \"1\"}}").is(201);
        api.post(DEPLOYMENTS, """
                metadata: {name: d}
                spec:
                  selector: {matchLabels: {app: d}}
                  template: {metadata: {labels: {app: d}}, spec: {containers: [{name: a, image: b}]}}
                """).is(201);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Client.Answer strictly(String path, String type, String patch) {
        return api.patch(path + "?fieldValidation=Strict", type, patch);
    }

    @Test
    void fieldsGivenTwiceAreTold() {
        String twice = "{\"data\":{\"a\":\"2\",\"a\":\"3\"}}";
        assertThat(strictly(MAP, Patch.MERGE, twice).is(422).message())
                .isEqualTo("ConfigMap \"z\" is invalid: patch: Invalid value: \"\": "
                        + "strict decoding error: duplicate field \"data.a\"");
        assertThat(api.get(MAP).tree().tree("data").text("a")).isEqualTo("1");
        assertThat(api.patch(MAP + "?fieldValidation=Ignore", Patch.MERGE, twice.replace('2', '4'))
                        .is(200)
                        .warning())
                .isEmpty();
        assertThat(api.merge(MAP, twice).is(200).warning()).contains("duplicate field \\\"data.a\\\"");
        assertThat(strictly(DEPLOYMENTS + "/d", Patch.STRATEGIC, "{\"spec\":{\"replicas\":2,\"replicas\":3}}")
                        .is(422)
                        .message())
                .endsWith("duplicate field \"spec.replicas\"");
    }

    @Test
    void fieldsThatNoOperationHasAreTold() {
        String odd = "[{\"op\":\"add\",\"path\":\"/data/q\",\"value\":\"1\",\"foo\":\"bar\"}]";
        assertThat(strictly(MAP, Patch.JSON, odd).is(422).message())
                .endsWith("strict decoding error: json patch unknown field \"[0].foo\"");
        assertThat(api.patch(MAP, Patch.JSON, odd).is(200).warning())
                .contains("json patch unknown field \\\"[0].foo\\\"");
    }

    @Test
    void theKindStays() {
        String version = api.get(MAP).version();
        assertThat(api.merge(MAP, "{\"kind\":\"Secret\"}").is(422).message())
                .contains("kind is \"Secret\" and should be \"ConfigMap\"");
        api.merge(MAP, "{\"apiVersion\":\"v3\"}").is(422);
        api.patch(MAP, Patch.JSON, "[{\"op\":\"replace\",\"path\":\"/kind\",\"value\":\"Secret\"}]")
                .is(422);
        assertThat(api.patch(MAP, Patch.STRATEGIC, "{\"apiVersion\":\"v3\",\"kind\":\"Secret\"}")
                        .is(200)
                        .tree()
                        .text("kind"))
                .isEqualTo("ConfigMap");
        assertThat(api.merge(MAP, "{\"kind\":null}").is(200).version())
                .as("nothing was written")
                .isEqualTo(version);
    }

    @Test
    void whatAPatchMakesHasToFit() {
        String wrong = "{\"spec\":{\"replicas\":\"many\"}}";
        for (String type : new String[] {Patch.MERGE, Patch.STRATEGIC}) {
            assertThat(api.patch(DEPLOYMENTS + "/d", type, wrong).is(422).message())
                    .startsWith("Deployment.apps \"d\" is invalid: patch: Invalid value: \"\": "
                            + "field \"spec.replicas\": expected a whole number");
        }
        assertThat(strictly(DEPLOYMENTS + "/d", Patch.MERGE, "{\"spec\":{\"nonsense\":1}}")
                        .is(422)
                        .message())
                .endsWith("strict decoding error: unknown field \"spec.nonsense\"");
    }

    @Test
    void anObjectIsReplacedByOneOfItsName() {
        assertThat(api.put(MAP, "{data: {a: \"2\"}}").is(400).message())
                .isEqualTo("the name of the object (z based on URL) was undeterminable: name must be provided");
        api.put(MAP, "{metadata: {name: z}, data: {a: \"2\"}}").is(200);
        String endpoints = "/api/v1/namespaces/default/endpoints/new";
        assertThat(api.put(endpoints, "{metadata: {name: new, uid: abc}}")
                        .is(409)
                        .message())
                .endsWith("Precondition failed: UID in precondition: abc, UID in object meta: ");
        api.put(endpoints, "{metadata: {name: new}}").is(201);
    }

    @Test
    void onlyDeleteOptionsSayHowToDelete() {
        assertThat(api.delete(MAP, "{kind: Foo, apiVersion: v1}").is(400).message())
                .isEqualTo("the body of the request is a Foo and should be DeleteOptions");
        api.delete(MAP, "{kind: DeleteOptions, apiVersion: v1}").is(200);
    }
}
