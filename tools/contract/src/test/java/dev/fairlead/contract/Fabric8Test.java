// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What programs do that are written with fabric8's client. */
@Timeout(300)
class Fabric8Test {
    @TempDir
    private static Path scratch;

    private static Cluster cluster;
    private static KubernetesClient client;
    private String namespace;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(scratch);
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Files.readString(cluster.kubeconfig())))
                .build();
    }

    @AfterAll
    static void stop() {
        if (client != null) {
            client.close();
            cluster.close();
        }
    }

    @BeforeEach
    void freshNamespace() {
        namespace = "f-" + Long.toString(System.nanoTime(), 36);
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    private Service service(int port) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", "web")
                .addNewPort()
                .withName("http")
                .withPort(port)
                .withTargetPort(new IntOrString("http"))
                .endPort()
                .endSpec()
                .build();
    }

    private ConfigMap configMap(String name, String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels("value", value)
                .endMetadata()
                .addToData("value", value)
                .build();
    }

    @Test
    void createsReadsChangesAndDeletes() {
        Service created = client.resource(service(80)).create();
        assertThat(created.getSpec().getClusterIP()).startsWith("127.");
        assertThat(created.getSpec().getPorts().getFirst().getProtocol()).isEqualTo("TCP");
        Service edited = client.services()
                .inNamespace(namespace)
                .withName("web")
                .edit(service -> new ServiceBuilder(service)
                        .editSpec()
                        .editFirstPort()
                        .withPort(81)
                        .endPort()
                        .endSpec()
                        .build());
        assertThat(edited.getSpec().getPorts().getFirst().getPort()).isEqualTo(81);
        Service patched = client.services()
                .inNamespace(namespace)
                .withName("web")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
        assertThat(patched.getMetadata().getLabels()).isEqualTo(Map.of("a", "b"));
        assertThatThrownBy(() -> client.resource(created).update())
                .as("an update from an old version")
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(409));
        assertThatThrownBy(() -> client.resource(service(80)).create())
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getStatus().getReason()).isEqualTo("AlreadyExists"));
        assertThat(client.services().inNamespace(namespace).withName("web").delete())
                .hasSize(1);
        assertThat(client.services().inNamespace(namespace).withName("web").get())
                .isNull();
    }

    @Test
    void appliesOnTheServersSide() {
        Service first = client.resource(service(80)).fieldManager("one").serverSideApply();
        assertThat(first.getMetadata().getManagedFields().getFirst().getManager())
                .isEqualTo("one");
        assertThat(client.resource(service(80))
                        .fieldManager("one")
                        .serverSideApply()
                        .getMetadata()
                        .getResourceVersion())
                .isEqualTo(first.getMetadata().getResourceVersion());
        Service other = new ServiceBuilder(service(80))
                .editSpec()
                .withSelector(Map.of("app", "other"))
                .endSpec()
                .build();
        assertThatThrownBy(() -> client.resource(other).fieldManager("two").serverSideApply())
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> {
                    assertThat(e.getCode()).isEqualTo(409);
                    assertThat(e.getStatus().getDetails().getCauses().getFirst().getReason())
                            .isEqualTo("FieldManagerConflict");
                });
        assertThat(client.resource(other)
                        .fieldManager("two")
                        .forceConflicts()
                        .serverSideApply()
                        .getSpec()
                        .getSelector())
                .isEqualTo(Map.of("app", "other"));
    }

    @Test
    void listsInPages() {
        for (int i = 0; i < 7; i++) {
            client.resource(configMap("c" + i, "v" + i % 2)).create();
        }
        ConfigMapList page = client.configMaps()
                .inNamespace(namespace)
                .withLabel("value")
                .list(new ListOptionsBuilder().withLimit(3L).build());
        int seen = page.getItems().size();
        String revision = page.getMetadata().getResourceVersion();
        while (page.getMetadata().getContinue() != null
                && !page.getMetadata().getContinue().isEmpty()) {
            page = client.configMaps()
                    .inNamespace(namespace)
                    .withLabel("value")
                    .list(new ListOptionsBuilder()
                            .withLimit(3L)
                            .withContinue(page.getMetadata().getContinue())
                            .build());
            assertThat(page.getMetadata().getResourceVersion()).isEqualTo(revision);
            seen += page.getItems().size();
        }
        assertThat(seen).isEqualTo(7);
        assertThat(client.configMaps()
                        .inNamespace(namespace)
                        .withLabel("value", "v1")
                        .list()
                        .getItems())
                .hasSize(3);
    }

    @Test
    void watches() throws Exception {
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        CompletableFuture<Void> over = new CompletableFuture<>();
        Watch watch = client.configMaps()
                .inNamespace(namespace)
                .withLabel("value", "a")
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, ConfigMap object) {
                        seen.add(action + " " + object.getMetadata().getName());
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        over.completeExceptionally(cause);
                    }

                    @Override
                    public void onClose() {
                        over.complete(null);
                    }
                });
        client.resource(configMap("one", "a")).create();
        client.resource(configMap("none", "b")).create();
        client.resource(configMap("one", "b")).update();
        client.resource(configMap("none", "a")).update();
        client.resource(configMap("none", "a")).delete();
        Cluster.await("every event", () -> seen.size() == 4);
        assertThat(seen).containsExactly("ADDED one", "DELETED one", "ADDED none", "DELETED none");
        watch.close();
        over.get(Cluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void informersFollow() throws Exception {
        client.resource(configMap("before", "1")).create();
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        try (SharedIndexInformer<ConfigMap> informer = client.configMaps()
                .inNamespace(namespace)
                .withLabel("value")
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(ConfigMap object) {
                        seen.add("+" + object.getMetadata().getName());
                    }

                    @Override
                    public void onUpdate(ConfigMap old, ConfigMap object) {
                        seen.add("~" + object.getMetadata().getName());
                    }

                    @Override
                    public void onDelete(ConfigMap object, boolean unknown) {
                        seen.add("-" + object.getMetadata().getName());
                    }
                })) {
            assertThat(informer.hasSynced()).isTrue();
            client.resource(configMap("after", "1")).create();
            client.resource(configMap("after", "2")).update();
            client.resource(configMap("before", "1")).delete();
            Cluster.await("every event", () -> seen.size() >= 4);
            assertThat(seen).containsExactly("+before", "+after", "~after", "-before");
            assertThat(informer.getStore().list())
                    .singleElement()
                    .satisfies(left -> assertThat(left.getData()).isEqualTo(Map.of("value", "2")));
        }
    }

    @Test
    void electsALeaderAndAnotherWhenItGoes() throws Exception {
        ConcurrentLinkedQueue<String> leads = new ConcurrentLinkedQueue<>();
        CompletableFuture<?> one = elect("one", leads);
        Cluster.await("one leads", () -> leads.contains("one leads"));
        CompletableFuture<?> two = elect("two", leads);
        assertThat(client.leases()
                        .inNamespace(namespace)
                        .withName("lock")
                        .get()
                        .getSpec()
                        .getHolderIdentity())
                .isEqualTo("one");
        one.cancel(true);
        Cluster.await("two leads", () -> leads.contains("two leads"));
        two.cancel(true);
        assertThat(List.copyOf(leads)).containsSubsequence("one leads", "one stops", "two leads");
    }

    private CompletableFuture<?> elect(String name, ConcurrentLinkedQueue<String> leads) {
        return client.leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName(name)
                        .withLeaseDuration(Duration.ofSeconds(5))
                        .withRenewDeadline(Duration.ofSeconds(3))
                        .withRetryPeriod(Duration.ofMillis(200))
                        .withReleaseOnCancel(true)
                        .withLock(new LeaseLock(namespace, "lock", name))
                        .withLeaderCallbacks(new LeaderCallbacks(
                                () -> leads.add(name + " leads"), () -> leads.add(name + " stops"), leader -> {}))
                        .build())
                .build()
                .start();
    }
}
