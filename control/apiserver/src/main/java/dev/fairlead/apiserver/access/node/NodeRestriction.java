// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.node;

import dev.fairlead.apiserver.access.NodeUser;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.apiserver.request.Guard;
import dev.fairlead.core.definition.Tree;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What nodes may write into the objects that they may write: a node makes no other node, gives itself no label by which it
 * would draw others' pods, and takes no taint off.
 */
public final class NodeRestriction implements Guard {
    private static final Set<String> LABELS = Set.of(
            "kubernetes.io/hostname",
            "kubernetes.io/arch",
            "kubernetes.io/os",
            "beta.kubernetes.io/arch",
            "beta.kubernetes.io/os",
            "beta.kubernetes.io/instance-type",
            "node.kubernetes.io/instance-type",
            "failure-domain.beta.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone",
            "topology.kubernetes.io/region",
            "topology.kubernetes.io/zone");

    @Override
    public void check(Call call, Map<String, Object> object, Map<String, Object> old) {
        String node = NodeUser.name(call.user());
        if (node == null) {
            return;
        }
        switch (call.resource().qualified()) {
            case "nodes" -> node(call, node, new Tree(object), old.isEmpty() ? null : new Tree(old));
            case "leases.coordination.k8s.io" -> {
                if (!name(call, object).equals(node)) {
                    throw refused(call, object, "can only access node lease with the same name as the requesting node");
                }
            }
            default -> {}
        }
    }

    private static void node(Call call, String node, Tree object, @Nullable Tree old) {
        String name = name(call, object.fields());
        if (!name.equals(node)) {
            throw refused(
                    call, object.fields(), "node \"" + node + "\" is not allowed to modify node \"" + name + "\"");
        }
        Map<String, String> now = object.tree("metadata").textMap("labels");
        Map<String, String> before =
                old == null ? Map.of() : old.tree("metadata").textMap("labels");
        Set<String> forbidden = new TreeSet<>();
        Set<String> keys = new TreeSet<>(now.keySet());
        keys.addAll(before.keySet());
        for (String key : keys) {
            if (!Objects.equals(now.get(key), before.get(key)) && !mayLabel(key)) {
                forbidden.add(key);
            }
        }
        if (!forbidden.isEmpty()) {
            throw refused(call, object.fields(), "is not allowed to modify labels: " + String.join(", ", forbidden));
        }
        if (old != null && !taints(object).equals(taints(old))) {
            throw refused(call, object.fields(), "node \"" + node + "\" is not allowed to modify taints");
        }
        if (old != null
                && !object.tree("metadata")
                        .trees("ownerReferences")
                        .equals(old.tree("metadata").trees("ownerReferences"))) {
            throw refused(call, object.fields(), "node \"" + node + "\" is not allowed to update the ownerReferences");
        }
    }

    private static Object taints(Tree node) {
        return node.tree("spec").trees("taints");
    }

    /** Labels of Kubernetes' own names that are not for nodes to give. */
    private static boolean mayLabel(String key) {
        int slash = key.indexOf('/');
        String prefix = slash < 0 ? "" : key.substring(0, slash);
        boolean kubernetes = within(prefix, "kubernetes.io") || within(prefix, "k8s.io");
        boolean nodes = within(prefix, "kubelet.kubernetes.io") || within(prefix, "node.kubernetes.io");
        return !kubernetes || nodes || LABELS.contains(key);
    }

    private static boolean within(String name, String domain) {
        return name.equals(domain) || name.endsWith("." + domain);
    }

    private static String name(Call call, Map<String, Object> object) {
        return new Tree(object).tree("metadata").text("name", call.target().name());
    }

    private static Refusal refused(Call call, Map<String, Object> object, String why) {
        return Refusal.forbidden(call.resource(), name(call, object), why);
    }
}
