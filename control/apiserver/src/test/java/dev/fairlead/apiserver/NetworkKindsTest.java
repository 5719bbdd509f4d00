// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ingresses, their classes and NetworkPolicies, as kubectl makes, shows and changes them. */
@Timeout(180)
class NetworkKindsTest {
    private static final String CLASS = """
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata:
              name: %s
              annotations: {ingressclass.kubernetes.io/is-default-class: "%s"}
            spec:
              controller: example.com/ingress
              parameters: {apiGroup: k8s.example.com, kind: Settings, name: edge}
            """;
    private static final String POLICY = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: web
            spec:
              podSelector: {matchLabels: {app: web}}
              ingress:
              - from:
                - podSelector: {matchLabels: {app: front}}
                - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
                ports:
                - {protocol: TCP, port: 80, endPort: 90}
              egress:
              - {}
            """;

    @TempDir
    private static Path home;

    private static KubectlServer it;

    @BeforeAll
    static void start() throws Exception {
        it = KubectlServer.start(home);
    }

    @AfterAll
    static void stop() {
        if (it != null) {
            it.close();
        }
    }

    @Test
    void ingresses() throws Exception {
        assertThat(it.run("create", "ingress", "shop", "--rule=shop.example/cart*=cart:8080,tls=shop-cert"))
                .isEqualTo("ingress.networking.k8s.io/shop created\n");
        assertThat(it.run("get", "ing", "shop").replaceAll(" +", " ")).matches("""
                        NAME CLASS HOSTS ADDRESS PORTS AGE
                        shop <none> shop.example 80, 443 \\d+s
                        """);
        it.run(
                "patch",
                "ingress",
                "shop",
                "--subresource=status",
                "-p",
                "{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"10.97.0.1\"}]}}}");
        assertThat(it.run("describe", "ingress", "shop").replaceAll(" +", " "))
                .contains(
                        "Name: shop\n",
                        "Address: 10.97.0.1\n",
                        " shop-cert terminates shop.example\n",
                        " shop.example \n /cart cart:8080 (<error: services \"cart\" not found>)\n",
                        "Events: <none>\n");
        it.run(
                "patch",
                "ingress",
                "shop",
                "-p",
                "{\"spec\":{\"defaultBackend\":{\"service\":{\"name\":\"web\"," + "\"port\":{\"name\":\"http\"}}}}}");
        assertThat(it.run(
                        "get",
                        "ing",
                        "shop",
                        "-o",
                        "jsonpath={.metadata.generation} {.spec.rules[0].http.paths[0].pathType}"
                                + " {.spec.defaultBackend.service.port.name} {.status.loadBalancer.ingress[0].ip}"))
                .isEqualTo("2 Prefix http 10.97.0.1");
        Kubectl.Run refused = it.kubectl()
                .run(
                        "patch",
                        "ingress",
                        "shop",
                        "--type=json",
                        "-p",
                        "[{\"op\":\"replace\",\"path\":" + "\"/spec/rules/0/host\",\"value\":\"10.0.0.1\"}]");
        assertThat(refused.err())
                .contains("The Ingress \"shop\" is invalid: spec.rules[0].host: Invalid value: \"10.0.0.1\": must be a"
                        + " DNS name, not an IP address");
        assertThat(it.run("explain", "ingress.spec.rules.http.paths.pathType"))
                .contains("KIND:       Ingress", "FIELD: pathType <string>");
        assertThat(it.run("delete", "ing", "shop")).contains("\"shop\" deleted");
    }

    @Test
    void new_ingresses_get_the_default_class() throws Exception {
        it.feed(CLASS.formatted("other", "false"), "apply", "-f", "-");
        it.feed(CLASS.formatted("edge", "true"), "apply", "-f", "-");
        assertThat(it.run("get", "ingressclasses", "--no-headers").replaceAll(" +", " "))
                .matches("""
                        edge \\(default\\) example\\.com/ingress Settings\\.k8s\\.example\\.com/edge \\d+s
                        other example\\.com/ingress Settings\\.k8s\\.example\\.com/edge \\d+s
                        """);
        it.run("create", "ingress", "unclassed", "--default-backend=web:80");
        it.run("create", "ingress", "classed", "--class=other", "--default-backend=web:80");
        assertThat(it.run("get", "ing", "-o", "jsonpath={.items[*].spec.ingressClassName}"))
                .isEqualTo("other edge");
        assertThat(it.kubectl()
                        .run("patch", "ingressclass", "edge", "-p", "{\"spec\":{\"controller\":\"example.com/b\"}}")
                        .err())
                .contains("spec.controller: Invalid value: \"example.com/b\": field is immutable");
        assertThat(it.run("describe", "ingressclass", "edge"))
                .contains("Controller:   example.com/ingress", "APIGroup:  k8s.example.com");
        it.run("delete", "ing", "--all");
        it.run("delete", "ingressclasses", "--all");
    }

    @Test
    void network_policies() throws Exception {
        assertThat(it.feed(
                        POLICY.replace("protocol: TCP, ", ""),
                        "create",
                        "--dry-run=server",
                        "-f",
                        "-",
                        "-o",
                        "jsonpath={.spec.ingress[0].ports[0].protocol}"))
                .isEqualTo("TCP");
        assertThat(it.feed(POLICY, "apply", "-f", "-")).isEqualTo("networkpolicy.networking.k8s.io/web created\n");
        assertThat(it.feed(POLICY, "apply", "-f", "-")).isEqualTo("networkpolicy.networking.k8s.io/web unchanged\n");
        assertThat(it.run("get", "netpol").replaceAll(" +", " ")).matches("""
                        NAME POD-SELECTOR AGE
                        web app=web \\d+s
                        """);
        assertThat(it.run(
                        "get",
                        "netpol",
                        "web",
                        "-o",
                        "jsonpath={.spec.policyTypes} {.metadata.generation}"
                                + " {.spec.ingress[0].ports[0].protocol}"))
                .isEqualTo("[\"Ingress\",\"Egress\"] 1 TCP");
        assertThat(it.run("describe", "netpol", "web").replaceAll(" +", " "))
                .contains(
                        "PodSelector: app=web\n",
                        "From:\n PodSelector: app=front\n",
                        "CIDR: 10.0.0.0/8\n Except: 10.1.0.0/16\n",
                        "Policy Types: Ingress, Egress\n");
        assertThat(it.kubectl()
                        .feed(POLICY.replace("10.1.0.0/16", "11.0.0.0/16"), "apply", "-f", "-")
                        .err())
                .contains("spec.ingress[0].from[1].ipBlock.except[0]: Invalid value: \"11.0.0.0/16\": must be a strict"
                        + " subset of `cidr`");
        assertThat(it.run("explain", "netpol.spec.ingress")).contains("KIND:       NetworkPolicy");
    }
}
