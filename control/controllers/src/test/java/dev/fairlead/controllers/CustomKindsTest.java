// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomResources;
import dev.fairlead.wire.yaml.Yaml;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Objects of kinds that users define are owners, are owned, and go with their namespace. */
@Timeout(90)
class CustomKindsTest {
    private static final ObjectName DEFINITION = new ObjectName("", "widgets.example.com");

    private static Resource define(Cluster cluster) throws Exception {
        cluster.apply("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: widgets.example.com}
                spec:
                  group: example.com
                  scope: Namespaced
                  names: {plural: widgets, kind: Widget}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """);
        Tree definition = cluster.client.get(Resources.DEFINITIONS, DEFINITION);
        return CustomResources.of(definition).getFirst();
    }

    private static Tree widget(Cluster cluster, Resource widgets, String namespace, String name) throws Exception {
        return cluster.client.create(
                widgets,
                Yaml.read("{apiVersion: example.com/v1, kind: Widget, metadata: {name: %s, namespace: %s}}"
                                .formatted(name, namespace))
                        .getFirst()
                        .fields());
    }

    @Test
    void a_custom_owner_takes_what_it_owns_along() throws Exception {
        try (Cluster cluster = new Cluster()) {
            Resource widgets = define(cluster);
            Tree owner = widget(cluster, widgets, "default", "owner");
            cluster.apply("""
                    apiVersion: v1
                    kind: ConfigMap
                    metadata:
                      name: owned
                      namespace: default
                      ownerReferences: [{apiVersion: example.com/v1, kind: Widget, name: owner, uid: %s}]
                    """.formatted(owner.tree("metadata").text("uid")));
            cluster.client.delete(widgets, new ObjectName("default", "owner"), Deletion.DEFAULT);
            await(() -> cluster.client.find(Resources.CONFIG_MAPS, new ObjectName("default", "owned")) == null);
        }
    }

    @Test
    void a_namespace_takes_custom_objects_along() throws Exception {
        try (Cluster cluster = new Cluster()) {
            Resource widgets = define(cluster);
            cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: gone}}");
            widget(cluster, widgets, "gone", "w");
            ObjectName namespace = new ObjectName("", "gone");
            await(() -> cluster.controllers.kinds().byKind("example.com/v1", "Widget") != null);
            cluster.client.delete(Resources.NAMESPACES, namespace, Deletion.DEFAULT);
            await(() -> cluster.client.find(Resources.NAMESPACES, namespace) == null);
            assertThat(cluster.client.find(widgets, new ObjectName("gone", "w")))
                    .isNull();
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        Instant deadline = Instant.now().plusSeconds(40);
        while (!condition.call()) {
            assertThat(Instant.now()).as("in time").isBefore(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
