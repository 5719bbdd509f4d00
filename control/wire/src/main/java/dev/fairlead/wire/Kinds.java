// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kinds an API serves, found by what users, URLs and objects call them. Immutable. The order of the table is the
 * order of preference: {@code events} is the core group's before {@code events.k8s.io}'s.
 */
public final class Kinds {
    private static final List<String> ALL_VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private final List<Resource> all;
    private final Map<String, Resource> byPlural = new LinkedHashMap<>();
    private final Map<String, Resource> byKind = new LinkedHashMap<>();
    private final Map<String, Resource> byWord = new LinkedHashMap<>();

    /** A table of these, earlier ones preferred where a word means several. */
    public Kinds(List<Resource> resources) {
        all = List.copyOf(resources);
        for (Resource resource : all) {
            byPlural.put(resource.apiVersion() + " " + resource.plural(), resource);
            byKind.put(resource.apiVersion() + " " + resource.kind(), resource);
        }
        for (Resource resource : all) {
            addWord(resource.plural(), resource);
            addWord(resource.singular(), resource);
            resource.shortNames().forEach(shortName -> addWord(shortName, resource));
        }
    }

    private void addWord(String word, Resource resource) {
        byWord.putIfAbsent(word, resource);
        if (!resource.group().isEmpty()) {
            byWord.putIfAbsent(word + "." + resource.group(), resource);
            byWord.putIfAbsent(word + "." + resource.version() + "." + resource.group(), resource);
        }
    }

    /** The kinds that Fairlead serves: Kubernetes', with Kubernetes' store keys, and our own. */
    public static Kinds served() {
        List<Resource> table = new ArrayList<>();
        table.add(core("Namespace", "namespaces", false, "/registry/namespaces/")
                .shortNames("ns")
                .verbs("create", "delete", "get", "list", "patch", "update", "watch")
                .subresources("finalize", "status")
                .build());
        table.add(core("Service", "services", true, "/registry/services/specs/")
                .shortNames("svc")
                .categories("all")
                .subresources("explain", "proxy", "status")
                .build());
        table.add(core("Endpoints", "endpoints", true, "/registry/services/endpoints/")
                .singular("endpoints")
                .shortNames("ep")
                .build());
        table.add(core("Pod", "pods", true, "/registry/pods/")
                .shortNames("po")
                .categories("all")
                .subresources("attach", "eviction", "exec", "log", "portforward", "proxy", "status")
                .build());
        table.add(core("Node", "nodes", false, "/registry/minions/")
                .shortNames("no")
                .subresources("proxy", "status")
                .build());
        table.add(core("Event", "events", true, "/registry/events/")
                .shortNames("ev")
                .build());
        table.add(core("ConfigMap", "configmaps", true, "/registry/configmaps/")
                .shortNames("cm")
                .build());
        table.add(core("Secret", "secrets", true, "/registry/secrets/").build());
        table.add(core("ServiceAccount", "serviceaccounts", true, "/registry/serviceaccounts/")
                .shortNames("sa")
                .subresources("token")
                .build());
        table.add(in("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", false)
                .storePrefix("/registry/apiextensions.k8s.io/customresourcedefinitions/")
                .shortNames("crd", "crds")
                .categories("api-extensions")
                .subresources("status")
                .build());
        table.add(in("apps", "Deployment", "deployments", true)
                .shortNames("deploy")
                .categories("all")
                .subresources("scale", "status")
                .build());
        table.add(in("apps", "ReplicaSet", "replicasets", true)
                .shortNames("rs")
                .categories("all")
                .subresources("scale", "status")
                .build());
        table.add(in("apps", "StatefulSet", "statefulsets", true)
                .shortNames("sts")
                .categories("all")
                .subresources("scale", "status")
                .build());
        table.add(in("apps", "ControllerRevision", "controllerrevisions", true).build());
        table.add(in("events.k8s.io", "Event", "events", true).shortNames("ev").build());
        table.add(asked("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews", false));
        table.add(asked("authentication.k8s.io", "TokenReview", "tokenreviews", false));
        table.add(asked("authorization.k8s.io", "LocalSubjectAccessReview", "localsubjectaccessreviews", true));
        table.add(asked("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", false));
        table.add(asked("authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews", false));
        table.add(asked("authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews", false));
        table.add(in("coordination.k8s.io", "Lease", "leases", true).build());
        table.add(
                in("discovery.k8s.io", "EndpointSlice", "endpointslices", true).build());
        table.add(new Row("networking.k8s.io", "Ingress", "ingresses", true, "/registry/ingress/")
                .shortNames("ing")
                .subresources("status")
                .build());
        table.add(
                in("networking.k8s.io", "IngressClass", "ingressclasses", false).build());
        table.add(in("networking.k8s.io", "NetworkPolicy", "networkpolicies", true)
                .shortNames("netpol")
                .build());
        table.add(in("networking.k8s.io", "IPAddress", "ipaddresses", false)
                .shortNames("ip")
                .build());
        table.add(in("networking.k8s.io", "ServiceCIDR", "servicecidrs", false)
                .subresources("status")
                .build());
        table.add(rbac("ClusterRole", "clusterroles", false));
        table.add(rbac("ClusterRoleBinding", "clusterrolebindings", false));
        table.add(rbac("Role", "roles", true));
        table.add(rbac("RoleBinding", "rolebindings", true));
        table.add(in("fairlead.dev", "LoadBalancerPool", "loadbalancerpools", false)
                .version("v1alpha1")
                .shortNames("lbpool")
                .subresources("status")
                .build());
        return new Kinds(table);
    }

    private static Row core(String kind, String plural, boolean namespaced, String storePrefix) {
        return new Row("", kind, plural, namespaced, storePrefix);
    }

    private static Row in(String group, String kind, String plural, boolean namespaced) {
        return new Row(group, kind, plural, namespaced, "/registry/" + plural + "/");
    }

    /** A question that is answered where it is made, and never stored. */
    private static Resource asked(String group, String kind, String plural, boolean namespaced) {
        return in(group, kind, plural, namespaced).verbs("create").build();
    }

    private static Resource rbac(String kind, String plural, boolean namespaced) {
        return in("rbac.authorization.k8s.io", kind, plural, namespaced).build();
    }

    /** These kinds and others after them. */
    public Kinds with(List<Resource> others) {
        List<Resource> table = new ArrayList<>(all);
        table.addAll(others);
        return new Kinds(table);
    }

    /** All, in order of preference. */
    public List<Resource> all() {
        return all;
    }

    /** The resource of a URL, or null. */
    public @Nullable Resource byPlural(String group, String version, String plural) {
        return byPlural.get((group.isEmpty() ? version : group + "/" + version) + " " + plural);
    }

    /** The resource of an object that says so under {@code apiVersion} and {@code kind}, or null. */
    public @Nullable Resource byKind(String apiVersion, String kind) {
        return byKind.get(apiVersion + " " + kind);
    }

    /** The resource of an object that says so under {@code apiVersion} and {@code kind}; it must be in the table. */
    public Resource require(String apiVersion, String kind) {
        Resource resource = byKind(apiVersion, kind);
        if (resource == null) {
            throw new IllegalArgumentException("no kind " + kind + " in " + apiVersion);
        }
        return resource;
    }

    /**
     * The resource a user means by {@code word}, or null: plural, singular, short name or kind in any case, with or
     * without group ({@code deploy}, {@code Deployment}, {@code deployments.apps}, {@code deployments.v1.apps}).
     */
    public @Nullable Resource byWord(String word) {
        return byWord.get(word.toLowerCase(Locale.ROOT));
    }

    /** The resources of one version of a group, by name, as Kubernetes lists them. */
    public List<Resource> in(String group, String version) {
        return all.stream()
                .filter(resource ->
                        resource.group().equals(group) && resource.version().equals(version))
                .sorted(Comparator.comparing(Resource::plural))
                .toList();
    }

    /**
     * The resources in {@code category}, such as {@code all}, group after group and by name within each: the order in
     * which kubectl shows them. Empty for an unknown one.
     */
    public List<Resource> inCategory(String category) {
        return all.stream()
                .map(resource -> Map.entry(resource.group(), resource.version()))
                .distinct()
                .flatMap(group -> in(group.getKey(), group.getValue()).stream())
                .filter(resource -> resource.categories().contains(category))
                .toList();
    }

    /** One row of the table while it is written down. */
    private static final class Row {
        private final String group;
        private final String kind;
        private final String plural;
        private final boolean namespaced;
        private String storePrefix;
        private String version = "v1";
        private String singular;
        private List<String> shortNames = List.of();
        private List<String> categories = List.of();
        private List<String> verbs = ALL_VERBS;
        private List<String> subresources = List.of();

        Row(String group, String kind, String plural, boolean namespaced, String storePrefix) {
            this.group = group;
            this.kind = kind;
            this.plural = plural;
            this.namespaced = namespaced;
            this.storePrefix = storePrefix;
            this.singular = kind.toLowerCase(Locale.ROOT);
        }

        Row version(String name) {
            version = name;
            return this;
        }

        Row storePrefix(String prefix) {
            storePrefix = prefix;
            return this;
        }

        Row singular(String name) {
            singular = name;
            return this;
        }

        Row shortNames(String... names) {
            shortNames = List.of(names);
            return this;
        }

        Row categories(String... names) {
            categories = List.of(names);
            return this;
        }

        Row verbs(String... names) {
            verbs = List.of(names);
            return this;
        }

        Row subresources(String... names) {
            subresources = List.of(names);
            return this;
        }

        Resource build() {
            return new Resource(
                    group,
                    version,
                    kind,
                    plural,
                    singular,
                    shortNames,
                    categories,
                    namespaced,
                    verbs,
                    subresources,
                    storePrefix,
                    null);
        }
    }
}
