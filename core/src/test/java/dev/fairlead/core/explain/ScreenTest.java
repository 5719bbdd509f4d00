// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whole outputs as people see them. */
final class ScreenTest {
    @Test
    void aHealthyServiceGetsOneLine() {
        assertThat(Scene.healthy().text())
                .isEqualTo("Service shop/web: all is well; 10.96.0.7:80 leads to 3 ready endpoints\n");
    }

    @Test
    void aTypoInTheSelector() {
        assertThat(Scene.empty()
                        .spec("{app: web}", "{app: wbe}")
                        .others(3, "{app: web}")
                        .others(2, "{app: db}")
                        .text())
                .isEqualTo("""
                Service shop/web does not work

                  cause     selector app=wbe matches no pod; 3 pods have app=web
                  expected  a pod in namespace shop with the labels app=wbe
                  fix       set spec.selector to app=web

                  ok     definition   ClusterIP, http 80 to 8080/TCP
                  ok     allocation   10.96.0.7
                  FAULT  selection    app=wbe matches no pod; namespace shop has 5 other pods
                  -      readiness    no pods to look at
                  -      slices       no pods, so no endpoints
                  -      routes       not looked at, because of what was found before
                  ok     data plane   programmed on node one
                  ok     connections  none so far
                """);
    }

    @Test
    void aProbeThatFails() {
        assertThat(Scene.healthy()
                        .slice("{name: http, port: 8080, protocol: TCP}", "10.244.0.1 10.244.0.2")
                        .slice(
                                "web-1",
                                "kubernetes.io/service-name: web",
                                "{name: http, port: 8080, protocol: TCP}",
                                "{addresses: [10.244.0.3], conditions: {ready: false}, nodeName: one, targetRef: {kind: Pod, namespace: shop, name: web-3}}")
                        .pod(
                                "web-3",
                                "",
                                "nodeName: one, containers: [{name: main, readinessProbe: {httpGet: {port: 8080, path: /ready}}}]",
                                Scene.running(false) + ", podIPs: [{ip: 10.244.0.3}]",
                                "[{reason: Unhealthy, lastTimestamp: '2026-11-21T11:59:55Z',"
                                        + " message: 'Readiness probe failed: HTTP probe failed with statuscode: 503'}]")
                        .passed("10.244.0.1", 8080, 12, 0)
                        .text())
                .isEqualTo("""
                Service shop/web works, but not for everybody

                  cause     1 of 3 pods is not ready (web-3): readiness probe (GET :8080/ready) of main has not succeeded for
                            60 min; last answer "HTTP probe failed with statuscode: 503"
                  expected  a readiness probe that succeeds
                  fix       make the program answer the probe, or correct the probe; kubectl -n shop logs web-3

                  ok     definition   ClusterIP, http 80 to 8080/TCP
                  ok     allocation   10.96.0.7
                  ok     selection    app=web matches 3 pods
                  FAULT  readiness    2 of 3 pods are ready
                  ok     slices       2 slices with 3 endpoints, 2 ready
                  ok     routes       10.96.0.7:80 leads to 2 endpoints
                  ok     data plane   programmed on node one
                  ok     connections  12 connections made, 0 failed
                """);
    }
}
