// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Backoff;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.controllers.garbage.Garbage;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomResources;
import dev.fairlead.wire.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
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
            owned(cluster, owner);
            cluster.client.delete(widgets, new ObjectName("default", "owner"), Deletion.DEFAULT);
            await(() -> isOwnedGone(cluster));
        }
    }

    private static void owned(Cluster cluster, Tree owner) throws Exception {
        cluster.apply("""
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: owned
                  namespace: default
                  ownerReferences: [{apiVersion: example.com/v1, kind: Widget, name: owner, uid: %s}]
                """.formatted(owner.tree("metadata").text("uid")));
    }

    private static boolean isOwnedGone(Cluster cluster) throws Exception {
        return cluster.client.find(Resources.CONFIG_MAPS, new ObjectName("default", "owned")) == null;
    }

    @Test
    void the_end_of_a_definition_takes_along_what_its_objects_own() throws Exception {
        try (Cluster cluster = new Cluster()) {
            Resource widgets = define(cluster);
            owned(cluster, widget(cluster, widgets, "default", "owner"));
            await(() -> cluster.controllers.kinds().byKind("example.com/v1", "Widget") != null);
            cluster.client.delete(Resources.DEFINITIONS, DEFINITION, Deletion.DEFAULT);
            await(() -> isOwnedGone(cluster));
        }
    }

    /** A collector of the test's own, to which the kind is never known: as after the end of the definition. */
    private static final class Collector implements AutoCloseable {
        private final Cluster cluster;
        private final List<WorkQueue<String>> queues = new ArrayList<>();
        private final List<Informer<ObjectMeta>> informers = new ArrayList<>();
        private final Garbage garbage;

        Collector(Cluster cluster, Resource... kinds) throws Exception {
            this.cluster = cluster;
            cluster.controllers.close();
            garbage = new Garbage(cluster.client, Kinds::served, this::queue);
            for (Resource kind : kinds) {
                Informer<ObjectMeta> each = informer(kind);
                informers.add(each);
                garbage.follow(each, meta -> meta);
                each.start();
                assertThat(each.awaitSynced(Duration.ofSeconds(30))).isTrue();
            }
            queues.forEach(WorkQueue::start);
        }

        private WorkQueue<String> queue(WorkQueue.Worker<String> worker) {
            WorkQueue<String> queue =
                    new WorkQueue<>("garbage", 1, cluster.time, new SplittableRandom(1), Backoff.OF_KEYS, worker);
            queues.add(queue);
            return queue;
        }

        private Informer<ObjectMeta> informer(Resource resource) {
            return new Informer<>(
                    cluster.client, resource, Selection.ALL, ObjectMeta::from, cluster.time, new SplittableRandom(1));
        }

        @Override
        public void close() {
            informers.forEach(Informer::close);
            queues.forEach(WorkQueue::close);
        }
    }

    @Test
    void an_owner_that_was_seen_to_go_is_gone_also_when_its_kind_is_not_known() throws Exception {
        try (Cluster cluster = new Cluster()) {
            Resource widgets = define(cluster);
            owned(cluster, widget(cluster, widgets, "default", "owner"));
            try (Collector collector = new Collector(cluster, widgets, Resources.CONFIG_MAPS)) {
                assertThat(collector.informers.getFirst().size()).isOne();
                cluster.client.delete(widgets, new ObjectName("default", "owner"), Deletion.DEFAULT);
                await(() -> isOwnedGone(cluster));
            }
        }
    }

    @Test
    void what_nobody_saw_go_is_gone_with_the_kind() throws Exception {
        try (Cluster cluster = new Cluster()) {
            Resource widgets = define(cluster);
            owned(cluster, widget(cluster, widgets, "default", "owner"));
            try (Collector collector = new Collector(cluster, widgets, Resources.CONFIG_MAPS)) {
                collector.informers.getFirst().close();
                cluster.client.delete(widgets, new ObjectName("default", "owner"), Deletion.DEFAULT);
                collector.garbage.ended(widgets);
                await(() -> isOwnedGone(cluster));
            }
        }
    }

    /** A definition that went before the first list of its objects came used to leave behind what they own. */
    @Test
    void what_nobody_listed_is_gone_with_the_kind() throws Exception {
        try (Cluster cluster = new Cluster()) {
            Resource widgets = define(cluster);
            owned(cluster, widget(cluster, widgets, "default", "owner"));
            try (Collector collector = new Collector(cluster, Resources.CONFIG_MAPS)) {
                cluster.client.delete(widgets, new ObjectName("default", "owner"), Deletion.DEFAULT);
                collector.garbage.ended(widgets);
                await(() -> isOwnedGone(cluster));
            }
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
