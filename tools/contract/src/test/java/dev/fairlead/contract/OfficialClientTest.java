// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.common.KubernetesObject;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.kubernetes.client.extended.leaderelection.LeaderElector;
import io.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.apis.CoordinationV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServicePort;
import io.kubernetes.client.openapi.models.V1ServiceSpec;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.PatchUtils;
import io.kubernetes.client.util.Watch;
import io.kubernetes.client.util.generic.GenericKubernetesApi;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What programs do that are written with Kubernetes' own Java client. */
@Timeout(300)
class OfficialClientTest {
    @TempDir
    private static Path scratch;

    private static Cluster cluster;
    private static ApiClient client;
    private static CoreV1Api core;
    private String namespace;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(scratch);
        client = Config.fromConfig(cluster.kubeconfig().toString());
        core = new CoreV1Api(client);
    }

    @AfterAll
    static void stop() {
        if (client != null) {
            client.getHttpClient().dispatcher().executorService().shutdown();
            client.getHttpClient().connectionPool().evictAll();
            cluster.close();
        }
    }

    @BeforeEach
    void freshNamespace() throws ApiException {
        namespace = "o-" + Long.toString(System.nanoTime(), 36);
        core.createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(namespace)))
                .execute();
    }

    private static V1Service service(int port) {
        return new V1Service()
                .apiVersion("v1")
                .kind("Service")
                .metadata(new V1ObjectMeta().name("web"))
                .spec(new V1ServiceSpec()
                        .selector(Map.of("app", "web"))
                        .addPortsItem(new V1ServicePort().name("http").port(port)));
    }

    private static V1ConfigMap configMap(String name, String value) {
        return new V1ConfigMap().metadata(new V1ObjectMeta().name(name)).data(Map.of("value", value));
    }

    @Test
    void createsReadsChangesAndDeletes() throws ApiException {
        V1Service created = core.createNamespacedService(namespace, service(80)).execute();
        assertThat(created.getSpec().getClusterIP()).startsWith("127.");
        created.getSpec().getPorts().getFirst().setPort(81);
        V1Service replaced =
                core.replaceNamespacedService("web", namespace, created).execute();
        assertThat(replaced.getSpec().getPorts().getFirst().getPort()).isEqualTo(81);
        assertThatThrownBy(() -> core.replaceNamespacedService(
                                "web",
                                namespace,
                                created.metadata(created.getMetadata().resourceVersion("1")))
                        .execute())
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.getCode()).isEqualTo(409));
        assertThat(core.listNamespacedService(namespace).execute().getItems()).hasSize(1);
        assertThat(core.deleteNamespacedService("web", namespace)
                        .execute()
                        .getMetadata()
                        .getName())
                .isEqualTo("web");
        assertThatThrownBy(() -> core.readNamespacedService("web", namespace).execute())
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.getCode()).isEqualTo(404));
    }

    @Test
    void appliesOnTheServersSide() throws ApiException {
        V1Service first = apply(80, "one", false);
        assertThat(first.getSpec().getClusterIP()).startsWith("127.");
        assertThat(apply(80, "one", false).getMetadata().getResourceVersion())
                .isEqualTo(first.getMetadata().getResourceVersion());
        V1Service selected = service(80);
        selected.getSpec().setSelector(Map.of("app", "other"));
        assertThatThrownBy(() -> apply(selected, "two", false)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.getCode()).isEqualTo(409);
            assertThat(e.getResponseBody()).contains("FieldManagerConflict", ".spec.selector");
        });
        assertThat(apply(selected, "two", true).getSpec().getSelector()).isEqualTo(Map.of("app", "other"));
    }

    private V1Service apply(int port, String manager, boolean force) throws ApiException {
        return apply(service(port), manager, force);
    }

    private V1Service apply(V1Service service, String manager, boolean force) throws ApiException {
        V1Patch body = new V1Patch(JSON.serialize(service));
        return PatchUtils.patch(
                V1Service.class,
                () -> core.patchNamespacedService("web", namespace, body)
                        .fieldManager(manager)
                        .force(force)
                        .buildCall(null),
                V1Patch.PATCH_FORMAT_APPLY_YAML,
                client);
    }

    @Test
    void watches() throws Exception {
        List<String> seen = new ArrayList<>();
        String revision =
                core.listNamespacedConfigMap(namespace).execute().getMetadata().getResourceVersion();
        ApiClient patient = Config.fromConfig(cluster.kubeconfig().toString());
        patient.setHttpClient(patient.getHttpClient()
                .newBuilder()
                .readTimeout(0, TimeUnit.SECONDS)
                .build());
        try (Watch<V1ConfigMap> watch = Watch.createWatch(
                patient,
                new CoreV1Api(patient)
                        .listNamespacedConfigMap(namespace)
                        .watch(true)
                        .resourceVersion(revision)
                        .buildCall(null),
                new TypeToken<Watch.Response<V1ConfigMap>>() {}.getType())) {
            core.createNamespacedConfigMap(namespace, configMap("one", "1")).execute();
            core.replaceNamespacedConfigMap("one", namespace, configMap("one", "2"))
                    .execute();
            core.deleteNamespacedConfigMap("one", namespace).execute();
            while (seen.size() < 3 && watch.hasNext()) {
                Watch.Response<V1ConfigMap> event = watch.next();
                seen.add(event.type + " " + event.object.getData().get("value"));
            }
        }
        assertThat(seen).containsExactly("ADDED 1", "MODIFIED 2", "DELETED 2");
    }

    @Test
    void informersFollow() throws Exception {
        core.createNamespacedConfigMap(namespace, configMap("before", "1")).execute();
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        ApiClient patient = Config.fromConfig(cluster.kubeconfig().toString());
        patient.setHttpClient(patient.getHttpClient()
                .newBuilder()
                .readTimeout(0, TimeUnit.SECONDS)
                .build());
        SharedInformerFactory factory = new SharedInformerFactory(patient);
        SharedIndexInformer<V1ConfigMap> informer = factory.sharedIndexInformerFor(
                new GenericKubernetesApi<>(V1ConfigMap.class, V1ConfigMapList.class, "", "v1", "configmaps", patient),
                V1ConfigMap.class,
                0,
                namespace);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(V1ConfigMap object) {
                see(seen, "+", object);
            }

            @Override
            public void onUpdate(V1ConfigMap old, V1ConfigMap object) {
                see(seen, "~", object);
            }

            @Override
            public void onDelete(V1ConfigMap object, boolean unknown) {
                see(seen, "-", object);
            }
        });
        factory.startAllRegisteredInformers();
        try {
            Cluster.await("the informer has synced", informer::hasSynced);
            core.createNamespacedConfigMap(namespace, configMap("after", "1")).execute();
            core.replaceNamespacedConfigMap("after", namespace, configMap("after", "2"))
                    .execute();
            core.deleteNamespacedConfigMap("before", namespace).execute();
            Cluster.await("every event", () -> seen.size() >= 4);
            assertThat(seen).containsExactly("+before", "+after", "~after", "-before");
        } finally {
            factory.stopAllRegisteredInformers();
        }
    }

    @Test
    void electsALeaderAndAnotherWhenItGoes() throws Exception {
        ConcurrentLinkedQueue<String> leads = new ConcurrentLinkedQueue<>();
        try (LeaderElector two = candidate("two")) {
            try (LeaderElector one = candidate("one")) {
                run(one, "one", leads);
                Cluster.await("one leads", () -> leads.contains("one leads"));
                run(two, "two", leads);
                Cluster.await("two knows who leads", () -> leads.contains("two sees one"));
                assertThat(holder()).isEqualTo("one");
            }
            Cluster.await("two leads", () -> leads.contains("two leads"));
            assertThat(holder()).isEqualTo("two");
        }
        assertThat(List.copyOf(leads)).containsSubsequence("one leads", "two sees one", "one stops", "two leads");
    }

    private String holder() throws ApiException {
        return new CoordinationV1Api(client)
                .readNamespacedLease("lock", namespace)
                .execute()
                .getSpec()
                .getHolderIdentity();
    }

    private LeaderElector candidate(String name) {
        return new LeaderElector(new LeaderElectionConfig(
                new LeaseLock(namespace, "lock", name, client),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3),
                Duration.ofMillis(200)));
    }

    private static void run(LeaderElector candidate, String name, ConcurrentLinkedQueue<String> leads) {
        CountDownLatch forEver = new CountDownLatch(1);
        Thread.ofVirtual()
                .name("candidate-" + name)
                .start(() -> candidate.run(
                        () -> {
                            leads.add(name + " leads");
                            try {
                                forEver.await(); // leading ends when this returns
                            } catch (InterruptedException ended) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        () -> leads.add(name + " stops"),
                        leader -> leads.add(name + " sees " + leader)));
    }

    /** Notes what happened to an object of the test's own; every namespace is given others. */
    private static void see(ConcurrentLinkedQueue<String> seen, String sign, KubernetesObject object) {
        String name = object.getMetadata().getName();
        if (!name.startsWith("kube-")) {
            seen.add(sign + name);
        }
    }
}
