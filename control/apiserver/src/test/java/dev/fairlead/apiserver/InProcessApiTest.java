// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.exchange.Request;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract without sockets. */
class InProcessApiTest extends ApiContract {
    private final TestServer server = new TestServer();

    @Override
    Client api() {
        return new Client(server.api());
    }

    @Test
    void who_may_not_is_told_what() {
        Request request = Request.of("GET", SERVICES).as(new Request.User("nobody", Set.of()));
        assertThat(api().send(request).is(403).message())
                .isEqualTo("services is forbidden: User \"nobody\" cannot list resource \"services\" in API group \"\""
                        + " in the namespace \"default\"");
    }

    @Test
    void discovery_comes_in_both_forms() {
        Request aggregated = Request.of("GET", "/apis")
                .with(
                        "accept",
                        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");
        Client.Answer all = api().send(aggregated).is(200);
        assertThat(all.reply().header("content-type"))
                .isEqualTo("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        assertThat(all.tree().trees("items"))
                .extracting(group -> group.tree("metadata").text("name"))
                .contains("apps", "discovery.k8s.io");
        String tag = all.reply().header("etag");
        assertThat(tag).isNotNull();
        api().send(aggregated.with("if-none-match", tag)).is(304);
        assertThat(api().get("/apis").is(200).tree().text("kind")).isEqualTo("APIGroupList");
        assertThat(api().get("/api").is(200).tree().texts("versions")).containsExactly("v1");
        assertThat(api().get("/apis/apps")
                        .is(200)
                        .tree()
                        .tree("preferredVersion")
                        .text("groupVersion"))
                .isEqualTo("apps/v1");
        assertThat(api().get("/apis/apps/v1").is(200).tree().trees("resources"))
                .extracting(resource -> resource.text("name"))
                .contains("deployments", "deployments/scale", "deployments/status");
        api().get("/apis/none").is(404);
        api().get("/apis/apps/v9").is(404);
        api().get("/nothing").is(404);
        api().send(Request.of("POST", "/version")).is(405);
    }

    @AfterEach
    void stop() {
        server.close();
    }
}
