// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.rbac;

import dev.fairlead.apiserver.access.Rule;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The roles and bindings that every cluster begins with, Kubernetes' and our own, written down as a table.
 *
 * <p>A line without indent names a ClusterRole and, after {@code >}, who has it by a ClusterRoleBinding of the same name ({@code
 * group:}, {@code user:}, {@code account:NAMESPACE/NAME}); after {@code +} whose rules it adds to, after {@code <} whose label it
 * gathers. Below it a line is a rule: verbs, API groups ({@code core} for the empty one) and resources, or {@code get} and paths.
 */
public final class DefaultRoles {
    private static final Map<String, String> VERBS = new TreeMap<>(Map.of(
            "read", "get,list,watch",
            "follow", "list,watch",
            "write", "create,delete,deletecollection,patch,update",
            "all", "create,delete,deletecollection,get,list,patch,update,watch",
            "tell", "create,patch,update"));

    private static final String TABLE = """
            cluster-admin > group:system:masters
              * * *
              * paths *
            admin < admin
            edit + admin < edit
            view + edit < view
            system:aggregate-to-admin + admin
              create authorization.k8s.io localsubjectaccessreviews
              all rbac.authorization.k8s.io rolebindings,roles
            system:aggregate-to-edit + edit
              read core pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy
              impersonate core serviceaccounts
              write core pods,pods/attach,pods/exec,pods/portforward,pods/proxy
              create core pods/eviction
              write core configmaps,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale
              write core secrets,serviceaccounts,services,services/proxy
              create core serviceaccounts/token
              write apps daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale
              write apps statefulsets,statefulsets/scale
              write autoscaling horizontalpodautoscalers
              write batch cronjobs,jobs
              write policy poddisruptionbudgets
              write networking.k8s.io ingresses,networkpolicies
              all coordination.k8s.io leases
            system:aggregate-to-view + view
              read core configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods
              read core replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status
              read core bindings,events,limitranges,namespaces/status,pods/log,pods/status
              read core replicationcontrollers/status,resourcequotas,resourcequotas/status,namespaces
              read discovery.k8s.io endpointslices
              read apps controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale
              read apps deployments/status,replicasets,replicasets/scale,replicasets/status
              read apps statefulsets,statefulsets/scale,statefulsets/status
              read autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status
              read batch cronjobs,cronjobs/status,jobs,jobs/status
              read policy poddisruptionbudgets,poddisruptionbudgets/status
              read networking.k8s.io ingresses,ingresses/status,networkpolicies
              get core services/explain,services/traffic
            system:auth-delegator
              create authentication.k8s.io tokenreviews
              create authorization.k8s.io subjectaccessreviews
            system:basic-user > group:system:authenticated
              create authorization.k8s.io selfsubjectaccessreviews,selfsubjectrulesreviews
              create authentication.k8s.io selfsubjectreviews
            system:discovery > group:system:authenticated
              get paths /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/
            system:public-info-viewer > group:system:authenticated group:system:unauthenticated
              get paths /healthz,/livez,/readyz,/version,/version/
            system:monitoring > group:system:monitoring
              get paths /healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*
            system:service-account-issuer-discovery > group:system:serviceaccounts
              get paths /.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/
            system:kube-aggregator
              read core endpoints,services
            system:kube-controller-manager > user:system:kube-controller-manager
              tell core,events.k8s.io events
              create coordination.k8s.io leases
              get,update coordination.k8s.io leases kube-controller-manager
              create core secrets,serviceaccounts,serviceaccounts/token
              delete core secrets
              get core configmaps,namespaces,secrets,serviceaccounts
              update core secrets,serviceaccounts
              create authentication.k8s.io tokenreviews
              create authorization.k8s.io subjectaccessreviews
              follow * *
            system:controller:deployment-controller > account:kube-system/deployment-controller user:system:kube-controller-manager
              get,list,update,watch apps deployments
              update apps deployments/finalizers,deployments/status
              create,delete,get,list,patch,update,watch apps replicasets
              get,list,update,watch core pods
              tell core,events.k8s.io events
            system:controller:replicaset-controller > account:kube-system/replicaset-controller user:system:kube-controller-manager
              get,list,update,watch apps replicasets
              update apps replicasets/finalizers,replicasets/status
              create,delete,list,patch,watch core pods
              tell core,events.k8s.io events
            system:controller:statefulset-controller > account:kube-system/statefulset-controller user:system:kube-controller-manager
              list,watch core pods
              get,list,watch apps statefulsets
              update apps statefulsets/finalizers,statefulsets/status
              create,delete,get,patch,update core pods
              create,delete,get,list,patch,update,watch apps controllerrevisions
              create,get,list,watch core persistentvolumeclaims
              tell core,events.k8s.io events
            system:controller:endpoint-controller > account:kube-system/endpoint-controller user:system:kube-controller-manager
              read core pods,services
              create,delete,get,list,update core endpoints
              create core endpoints/restricted
              tell core,events.k8s.io events
            system:controller:endpointslice-controller > account:kube-system/endpointslice-controller user:system:kube-controller-manager
              read core nodes,pods,services
              update core services/finalizers
              create,delete,get,list,update discovery.k8s.io endpointslices
              create discovery.k8s.io endpointslices/restricted
              tell core,events.k8s.io events
            system:controller:endpointslicemirroring-controller > account:kube-system/endpointslicemirroring-controller user:system:kube-controller-manager
              read core endpoints,services
              update core endpoints/finalizers,services/finalizers
              create,delete,get,list,update discovery.k8s.io endpointslices
              create discovery.k8s.io endpointslices/restricted
              tell core,events.k8s.io events
            system:controller:generic-garbage-collector > account:kube-system/generic-garbage-collector user:system:kube-controller-manager
              delete,get,list,patch,update,watch * *
              tell core,events.k8s.io events
            system:controller:namespace-controller > account:kube-system/namespace-controller user:system:kube-controller-manager
              delete,get,list,watch core namespaces
              update core namespaces/finalize,namespaces/status
              delete,deletecollection,get,list * *
            system:controller:node-controller > account:kube-system/node-controller user:system:kube-controller-manager
              delete,get,list,patch,update core nodes
              patch core nodes/status
              patch,update core pods/status
              delete,list core pods
              get coordination.k8s.io leases
              tell core,events.k8s.io events
            system:controller:root-ca-cert-publisher > account:kube-system/root-ca-cert-publisher user:system:kube-controller-manager
              create,update core configmaps
              tell core,events.k8s.io events
            system:controller:service-account-controller > account:kube-system/service-account-controller user:system:kube-controller-manager
              create core serviceaccounts
              tell core,events.k8s.io events
            system:controller:service-cidrs-controller > account:kube-system/service-cidrs-controller user:system:kube-controller-manager
              get,list,patch,update,watch networking.k8s.io servicecidrs
              patch,update networking.k8s.io servicecidrs/finalizers,servicecidrs/status
              read networking.k8s.io ipaddresses
              tell core,events.k8s.io events
            system:controller:service-controller > account:kube-system/service-controller user:system:kube-controller-manager
              read core services
              patch,update core services/status
              follow core nodes
              tell core,events.k8s.io events
            system:kube-dns > account:kube-system/kube-dns
              follow core endpoints,services,namespaces,pods
              follow discovery.k8s.io endpointslices
            system:kube-scheduler > user:system:kube-scheduler
              tell core,events.k8s.io events
              create coordination.k8s.io leases
              get,update coordination.k8s.io leases kube-scheduler
              read core nodes,namespaces,replicationcontrollers,services,persistentvolumeclaims,persistentvolumes
              get,list,watch,delete core pods
              create core bindings,pods/binding
              patch,update core pods/status
              read apps replicasets,statefulsets
              read policy poddisruptionbudgets
              create authentication.k8s.io tokenreviews
              create authorization.k8s.io subjectaccessreviews
            system:kubelet-api-admin
              get,list,watch,proxy core nodes
              * core nodes/log,nodes/metrics,nodes/proxy,nodes/stats
            system:node
              create authentication.k8s.io tokenreviews
              create authorization.k8s.io localsubjectaccessreviews,subjectaccessreviews
              read core services,endpoints,pods,configmaps,secrets,serviceaccounts,namespaces
              create,get,list,watch,patch,update core nodes
              patch,update core nodes/status,pods/status
              tell core,events.k8s.io events
              create,delete,patch core pods
              create core pods/eviction,serviceaccounts/token
              create,delete,get,list,watch,patch,update coordination.k8s.io leases
              read discovery.k8s.io endpointslices
              read networking.k8s.io servicecidrs
            fairlead:node > group:system:nodes
              read core endpoints,namespaces,nodes,pods,services
              read discovery.k8s.io endpointslices
              read networking.k8s.io ingresses,servicecidrs
              patch core services/status
            system:node-problem-detector
              get core nodes
              patch core nodes/status
              tell core,events.k8s.io events
            system:node-proxier > user:system:kube-proxy
              follow core endpoints,services
              read core nodes
              tell core,events.k8s.io events
              follow discovery.k8s.io endpointslices
              follow networking.k8s.io servicecidrs
            """;

    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final String AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";
    private static final Map<String, Object> MARK = Map.of("kubernetes.io/bootstrapping", "rbac-defaults");

    private DefaultRoles() {}

    /** A ClusterRole or ClusterRoleBinding of the table, without what the server adds. */
    public record Wanted(String kind, String name, Map<String, Object> object) {
        /** A tree of it that is the caller's own. */
        public Map<String, Object> fresh() {
            return Draft.copyOf(object).tree();
        }

        /** What {@code found} becomes with the rules and subjects that it lacks; null when it lacks none. */
        public @Nullable Map<String, Object> completed(Map<String, Object> found) {
            Tree now = new Tree(found);
            if (now.tree("metadata")
                    .textMap("annotations")
                    .getOrDefault(AUTOUPDATE, "")
                    .equals("false")) {
                return null;
            }
            boolean role = kind.equals("ClusterRole");
            String field = role ? "rules" : "subjects";
            List<Object> lacking = new ArrayList<>();
            if (!object.containsKey("aggregationRule")) {
                for (Tree each : new Tree(object).trees(field)) {
                    boolean there = role
                            ? Rule.from(each).parts().stream()
                                    .allMatch(part -> Rule.all(now).stream().anyMatch(rule -> rule.covers(part)))
                            : now.trees(field).contains(each);
                    if (!there) {
                        lacking.add(each.fields());
                    }
                }
            }
            if (lacking.isEmpty()) {
                return null;
            }
            List<Object> all = new ArrayList<>();
            now.trees(field).forEach(each -> all.add(each.fields()));
            all.addAll(lacking);
            found.put(field, all);
            return found;
        }
    }

    /** All of them; a role that gathers has what it gathers of the others. */
    public static List<Wanted> all() {
        List<Wanted> all = table();
        Map<ObjectName, @Nullable Role> roles = new HashMap<>();
        for (Wanted wanted : all) {
            if (wanted.kind().equals("ClusterRole")) {
                roles.put(new ObjectName("", wanted.name()), Role.from(new Tree(wanted.object())));
            }
        }
        Policy policy = Policy.EMPTY.withRoles(roles);
        for (Wanted wanted : all) {
            if (wanted.object().containsKey("aggregationRule")) {
                List<Object> rules = new ArrayList<>();
                Objects.requireNonNull(policy.rulesOf(new ObjectName("", wanted.name())))
                        .forEach(rule -> rules.add(rule.tree()));
                wanted.object().put("rules", rules);
            }
        }
        return all;
    }

    private static List<Wanted> table() {
        List<Wanted> all = new ArrayList<>();
        List<Object> rules = new ArrayList<>();
        for (String line : TABLE.lines().toList()) {
            if (line.startsWith(" ")) {
                rules.add(rule(line.strip().split(" ", -1)).tree());
            } else {
                rules = new ArrayList<>();
                head(line.split(" ", -1), rules, all);
            }
        }
        return all;
    }

    private static void head(String[] words, List<Object> rules, List<Wanted> all) {
        String name = words[0];
        Map<String, Object> labels = new TreeMap<>(MARK);
        Map<String, Object> role = new TreeMap<>();
        List<Object> holders = new ArrayList<>();
        for (int i = 1; i < words.length; i++) {
            switch (words[i]) {
                case "+" -> labels.put(label(words[++i]), "true");
                case "<" -> {
                    Map<String, Object> selector = Map.of("matchLabels", Map.of(label(words[++i]), "true"));
                    role.put("aggregationRule", Map.of("clusterRoleSelectors", List.of(selector)));
                }
                case ">" -> {}
                default -> holders.add(holder(words[i]));
            }
        }
        role.put("metadata", metadata(name, labels));
        if (!role.containsKey("aggregationRule")) {
            role.put("rules", rules);
        }
        all.add(new Wanted("ClusterRole", name, role));
        if (!holders.isEmpty()) {
            Map<String, Object> binding = new TreeMap<>();
            binding.put("metadata", metadata(name, MARK));
            binding.put("roleRef", Map.of("apiGroup", GROUP, "kind", "ClusterRole", "name", name));
            binding.put("subjects", holders);
            all.add(new Wanted("ClusterRoleBinding", name, binding));
        }
    }

    private static String label(String role) {
        return GROUP + "/aggregate-to-" + role;
    }

    private static Map<String, Object> metadata(String name, Map<String, Object> labels) {
        return Map.of("name", name, "labels", labels, "annotations", Map.of(AUTOUPDATE, "true"));
    }

    private static Map<String, Object> holder(String word) {
        int colon = word.indexOf(':');
        String name = word.substring(colon + 1);
        return switch (word.substring(0, colon)) {
            case "group" -> Map.of("apiGroup", GROUP, "kind", "Group", "name", name);
            case "user" -> Map.of("apiGroup", GROUP, "kind", "User", "name", name);
            default -> {
                int slash = name.indexOf('/');
                yield Map.of(
                        "kind",
                        "ServiceAccount",
                        "namespace",
                        name.substring(0, slash),
                        "name",
                        name.substring(slash + 1));
            }
        };
    }

    private static Rule rule(String[] words) {
        List<String> verbs = List.of(VERBS.getOrDefault(words[0], words[0]).split(",", -1));
        List<String> things = List.of(words[2].split(",", -1));
        if (words[1].equals("paths")) {
            return new Rule(verbs, List.of(), List.of(), List.of(), things);
        }
        List<String> groups = List.of(words[1].replace("core", "").split(",", -1));
        List<String> names = words.length > 3 ? List.of(words[3].split(",", -1)) : List.of();
        return new Rule(verbs, groups, things, names, List.of());
    }
}
