// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SubresourceTest {
    private static final List<String> METHODS =
            List.of("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "BREW");

    @Test
    void every_subresource_of_a_kind_is_a_row_and_every_row_is_somebodys() {
        Set<Subresource> used = EnumSet.of(Subresource.ITSELF);
        for (Resource resource : Kinds.served().all()) {
            for (String name : resource.subresources()) {
                Subresource row = Subresource.of(name);
                assertThat(row).as("%s/%s", resource, name).isNotNull().isNotEqualTo(Subresource.ITSELF);
                used.add(row);
            }
        }
        assertThat(used).containsExactlyInAnyOrder(Subresource.values());
    }

    /** What discovery promises is what a path does: no verb is promised that no method has, and no method does more. */
    @Test
    void verbs_are_what_methods_do() {
        for (Resource resource : Kinds.served().all()) {
            for (String name : resource.subresources()) {
                Subresource row = Subresource.of(name);
                Target target = new Target(resource, "", "a", row, false);
                Set<String> done = new TreeSet<>();
                for (String method : METHODS) {
                    Verb verb = target.subresource().verb(method);
                    if (verb != null) {
                        done.add(verb.text());
                    }
                }
                assertThat(done).as("%s/%s", resource, name).containsExactlyElementsOf(row.verbs(resource));
            }
        }
    }

    @Test
    void the_table() {
        Map<String, String> rows = new TreeMap<>();
        Resource pods = Kinds.served().require("v1", "Pod");
        Resource deployments = Kinds.served().require("apps/v1", "Deployment");
        for (Subresource row : Subresource.values()) {
            Resource resource = row == Subresource.SCALE ? deployments : pods;
            List<String> methods = new ArrayList<>();
            METHODS.stream().filter(method -> row.verb(method) != null).forEach(methods::add);
            rows.put(
                    row.of(resource),
                    row.apiVersion(resource) + " " + row.kind(resource) + " by " + String.join(" ", methods));
        }
        assertThat(rows)
                .containsEntry("pods/attach", "v1 PodAttachOptions by GET POST")
                .containsEntry("pods/log", "v1 Pod by GET HEAD")
                .containsEntry("pods/proxy", "v1 PodProxyOptions by DELETE GET HEAD OPTIONS PATCH POST PUT")
                .containsEntry("pods/status", "v1 Pod by GET HEAD PATCH PUT")
                .containsEntry("pods/finalize", "v1 Pod by PUT")
                .containsEntry("pods/token", "authentication.k8s.io/v1 TokenRequest by POST")
                .containsEntry("deployments/scale", "autoscaling/v1 Scale by GET HEAD PATCH PUT");
    }
}
