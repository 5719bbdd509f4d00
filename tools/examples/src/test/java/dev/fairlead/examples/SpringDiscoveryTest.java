// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.junit.Fairlead;
import dev.fairlead.junit.FairleadCluster;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Spring Cloud Kubernetes finds the pods of a Service. */
@Fairlead(manifests = {"classpath:shop.yaml", "classpath:backend-service.yaml"})
class SpringDiscoveryTest {
    // tag::example
    @Configuration
    @EnableAutoConfiguration
    static class Shop {}

    @Test
    void findsThePodsOfAService(FairleadCluster cluster) {
        cluster.service("backend").awaitReady();
        try (ConfigurableApplicationContext spring = new SpringApplicationBuilder(Shop.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.cloud-platform=kubernetes", // it looks for a pod's environment else
                        "spring.main.banner-mode=off",
                        "spring.cloud.kubernetes.client.namespace=default")
                .run()) {
            DiscoveryClient discovery = spring.getBean(DiscoveryClient.class);
            assertThat(discovery.getServices()).contains("backend");
            assertThat(discovery.getInstances("backend"))
                    .hasSize(3)
                    .extracting(ServiceInstance::getHost)
                    .containsExactlyInAnyOrderElementsOf(cluster.listPods("app=backend").stream()
                            .map(pod -> pod.address())
                            .toList());

            cluster.listPods("app=backend").getFirst().unready();
            cluster.await(
                    "two instances to be left",
                    () -> discovery.getInstances("backend").size() == 2);
        }
    }
    // end::example
}
