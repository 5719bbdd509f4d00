// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KindsTest {
    private static final Kinds KINDS = Kinds.served();

    /** One line a kind, to be read and compared with {@code kubectl api-resources} of a cluster. */
    @Test
    void theTable() {
        assertThat(KINDS.all().stream().map(KindsTest::line).collect(Collectors.joining("\n")))
                .isEqualTo("""
                        Namespace /api/v1/namespaces/x ns [] [finalize, status] /registry/namespaces/x
                        Service /api/v1/namespaces/n/services/x svc [all] [explain, proxy, status] /registry/services/specs/n/x
                        Endpoints /api/v1/namespaces/n/endpoints/x ep [] [] /registry/services/endpoints/n/x
                        Pod /api/v1/namespaces/n/pods/x po [all] [attach, eviction, exec, log, portforward, proxy, status] /registry/pods/n/x
                        Node /api/v1/nodes/x no [] [proxy, status] /registry/minions/x
                        Event /api/v1/namespaces/n/events/x ev [] [] /registry/events/n/x
                        ConfigMap /api/v1/namespaces/n/configmaps/x cm [] [] /registry/configmaps/n/x
                        Secret /api/v1/namespaces/n/secrets/x  [] [] /registry/secrets/n/x
                        ServiceAccount /api/v1/namespaces/n/serviceaccounts/x sa [] [token] /registry/serviceaccounts/n/x
                        CustomResourceDefinition /apis/apiextensions.k8s.io/v1/customresourcedefinitions/x crd,crds [api-extensions] [status] /registry/apiextensions.k8s.io/customresourcedefinitions/x
                        Deployment /apis/apps/v1/namespaces/n/deployments/x deploy [all] [scale, status] /registry/deployments/n/x
                        ReplicaSet /apis/apps/v1/namespaces/n/replicasets/x rs [all] [scale, status] /registry/replicasets/n/x
                        StatefulSet /apis/apps/v1/namespaces/n/statefulsets/x sts [all] [scale, status] /registry/statefulsets/n/x
                        ControllerRevision /apis/apps/v1/namespaces/n/controllerrevisions/x  [] [] /registry/controllerrevisions/n/x
                        Event /apis/events.k8s.io/v1/namespaces/n/events/x ev [] [] /registry/events/n/x
                        SelfSubjectReview /apis/authentication.k8s.io/v1/selfsubjectreviews/x  [] [] /registry/selfsubjectreviews/x
                        TokenReview /apis/authentication.k8s.io/v1/tokenreviews/x  [] [] /registry/tokenreviews/x
                        LocalSubjectAccessReview /apis/authorization.k8s.io/v1/namespaces/n/localsubjectaccessreviews/x  [] [] /registry/localsubjectaccessreviews/n/x
                        SelfSubjectAccessReview /apis/authorization.k8s.io/v1/selfsubjectaccessreviews/x  [] [] /registry/selfsubjectaccessreviews/x
                        SelfSubjectRulesReview /apis/authorization.k8s.io/v1/selfsubjectrulesreviews/x  [] [] /registry/selfsubjectrulesreviews/x
                        SubjectAccessReview /apis/authorization.k8s.io/v1/subjectaccessreviews/x  [] [] /registry/subjectaccessreviews/x
                        Lease /apis/coordination.k8s.io/v1/namespaces/n/leases/x  [] [] /registry/leases/n/x
                        EndpointSlice /apis/discovery.k8s.io/v1/namespaces/n/endpointslices/x  [] [] /registry/endpointslices/n/x
                        Ingress /apis/networking.k8s.io/v1/namespaces/n/ingresses/x ing [] [status] /registry/ingress/n/x
                        IngressClass /apis/networking.k8s.io/v1/ingressclasses/x  [] [] /registry/ingressclasses/x
                        NetworkPolicy /apis/networking.k8s.io/v1/namespaces/n/networkpolicies/x netpol [] [] /registry/networkpolicies/n/x
                        IPAddress /apis/networking.k8s.io/v1/ipaddresses/x ip [] [] /registry/ipaddresses/x
                        ServiceCIDR /apis/networking.k8s.io/v1/servicecidrs/x  [] [status] /registry/servicecidrs/x
                        ClusterRole /apis/rbac.authorization.k8s.io/v1/clusterroles/x  [] [] /registry/clusterroles/x
                        ClusterRoleBinding /apis/rbac.authorization.k8s.io/v1/clusterrolebindings/x  [] [] /registry/clusterrolebindings/x
                        Role /apis/rbac.authorization.k8s.io/v1/namespaces/n/roles/x  [] [] /registry/roles/n/x
                        RoleBinding /apis/rbac.authorization.k8s.io/v1/namespaces/n/rolebindings/x  [] [] /registry/rolebindings/n/x
                        LoadBalancerPool /apis/fairlead.dev/v1alpha1/loadbalancerpools/x lbpool [] [status] /registry/loadbalancerpools/x""");
    }

    private static String line(Resource each) {
        return String.join(
                " ",
                each.kind(),
                each.path("n", "x"),
                String.join(",", each.shortNames()),
                each.categories().toString(),
                each.subresources().toString(),
                each.key("n", "x"));
    }

    @ParameterizedTest
    @CsvSource({
        "svc, services",
        "Service, services",
        "SERVICES, services",
        "deploy, deployments.apps",
        "deployments.apps, deployments.apps",
        "deploy.v1.apps, deployments.apps",
        "events, events",
        "ev.events.k8s.io, events.events.k8s.io",
        "endpoints, endpoints",
        "ip, ipaddresses.networking.k8s.io",
        "ing, ingresses.networking.k8s.io",
        "netpol, networkpolicies.networking.k8s.io",
        "lbpool, loadbalancerpools.fairlead.dev",
        "loadbalancerpools.v1alpha1.fairlead.dev, loadbalancerpools.fairlead.dev",
    })
    void wordsThatUsersSay(String word, String resource) {
        assertThat(KINDS.byWord(word)).hasToString(resource);
    }

    @Test
    void wordsThatMeanNothing() {
        assertThat(KINDS.byWord("foo")).isNull();
        assertThat(KINDS.byWord("services.apps")).isNull();
        assertThat(KINDS.byPlural("", "v1", "deployments")).isNull();
        assertThat(KINDS.byKind("apps/v1", "Service")).isNull();
    }

    @Test
    void listsAndCategories() {
        Resource services = KINDS.require("v1", "Service");
        assertThat(services.path("", null)).isEqualTo("/api/v1/services");
        assertThat(services.path("n", null)).isEqualTo("/api/v1/namespaces/n/services");
        assertThat(services.prefix(null)).isEqualTo("/registry/services/specs/");
        assertThat(services.prefix("n")).isEqualTo("/registry/services/specs/n/");
        assertThat(KINDS.inCategory("all"))
                .extracting(Resource::kind)
                .isEqualTo(List.of("Pod", "Service", "Deployment", "ReplicaSet", "StatefulSet"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-01-02T03:04:05Z | 2026-01-02T03:04:05Z | 2026-01-02T03:04:05.000000Z",
                "2026-01-02T05:04:05.123456789+02:00 | 2026-01-02T03:04:05Z | 2026-01-02T03:04:05.123456Z",
            })
    void timestamps(String text, String seconds, String micros) {
        java.time.Instant time = java.util.Objects.requireNonNull(Timestamps.parse(text));
        assertThat(Timestamps.seconds(time)).isEqualTo(seconds);
        assertThat(Timestamps.micros(time)).isEqualTo(micros);
        assertThat(Timestamps.parse("yesterday")).isNull();
    }
}
