// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import org.junit.jupiter.api.Test;

/** An operator: it watches by informers and writes what is missing. */
@Fairlead(manifests = "classpath:shop.yaml")
class OperatorTest {
    // tag::example
    /** Keeps a Service for every Deployment that is annotated {@code example.com/expose: "<port>"}. */
    static final class Exposer implements AutoCloseable {
        private static final String PORT = "example.com/expose";

        private final KubernetesClient client;
        private final SharedIndexInformer<Deployment> deployments;
        private final SharedIndexInformer<Service> services;

        Exposer(KubernetesClient client) {
            this.client = client;
            deployments = client.apps().deployments().inAnyNamespace().inform();
            services = client.services().inAnyNamespace().inform();
            deployments.addEventHandler(new Changes<>());
            services.addEventHandler(new Changes<>());
        }

        /** Whatever changes, the Service of that name is looked at. */
        private final class Changes<T extends HasMetadata> implements ResourceEventHandler<T> {
            @Override
            public void onAdd(T added) {
                reconcile(added.getMetadata());
            }

            @Override
            public void onUpdate(T before, T now) {
                reconcile(now.getMetadata());
            }

            @Override
            public void onDelete(T deleted, boolean unsure) {
                reconcile(deleted.getMetadata());
            }
        }

        private void reconcile(ObjectMeta named) {
            String key = named.getNamespace() + "/" + named.getName();
            Deployment deployment = deployments.getIndexer().getByKey(key);
            String port = deployment == null
                    ? null
                    : deployment.getMetadata().getAnnotations().get(PORT);
            if (port != null) {
                client.resource(service(deployment, Integer.parseInt(port))).serverSideApply();
            }
        }

        private static Service service(Deployment deployment, int port) {
            return new ServiceBuilder()
                    .withNewMetadata()
                    .withName(deployment.getMetadata().getName())
                    .withNamespace(deployment.getMetadata().getNamespace())
                    .endMetadata()
                    .withNewSpec()
                    .withSelector(deployment.getSpec().getSelector().getMatchLabels())
                    .addNewPort()
                    .withPort(port)
                    .endPort()
                    .endSpec()
                    .build();
        }

        @Override
        public void close() {
            deployments.close();
            services.close();
        }
    }

    @Test
    void givesADeploymentItsServiceAndGivesItBack(FairleadCluster cluster, KubernetesClient client) {
        try (var _ = new Exposer(client)) {
            client.apps().deployments().withName("backend").edit(OperatorTest::exposed);
            cluster.service("backend").awaitEndpoints(3); // it was made, and leads to all three pods

            client.services().withName("backend").delete();
            cluster.service("backend").awaitEndpoints(3); // the operator has made it again
            assertThat(client.services().withName("backend").get().getSpec().getPorts())
                    .singleElement()
                    .satisfies(port -> assertThat(port.getPort()).isEqualTo(8080));
        }
    }

    private static Deployment exposed(Deployment deployment) {
        return deployment
                .edit()
                .editMetadata()
                .addToAnnotations(Exposer.PORT, "8080")
                .endMetadata()
                .build();
    }
    // end::example
}
