// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.rbac;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * A RoleBinding or ClusterRoleBinding.
 *
 * @param name its namespace (empty: for the whole cluster) and name
 * @param roleKind {@code Role} or {@code ClusterRole}
 * @param holders who has the role, each with how messages call it
 */
record Binding(ObjectName name, String roleKind, String roleName, List<Holder> holders) {
    private static final String SERVICE_ACCOUNT = "ServiceAccount";

    /**
     * A user or group that has a role.
     *
     * @param shown {@code User "jane"}
     */
    record Holder(boolean group, String name, String shown) {}

    static Binding from(Tree binding) {
        Tree meta = binding.tree("metadata");
        ObjectName name = new ObjectName(meta.text("namespace", ""), meta.text("name", ""));
        List<Holder> holders = new ArrayList<>();
        for (Tree subject : binding.trees("subjects")) {
            String kind = subject.text("kind", "");
            String who = subject.text("name", "");
            if (kind.equals(SERVICE_ACCOUNT)) {
                String namespace = subject.text("namespace", name.namespace());
                holders.add(new Holder(
                        false, "system:serviceaccount:" + namespace + ":" + who, shown(kind, who + "/" + namespace)));
            } else {
                holders.add(new Holder(kind.equals("Group"), who, shown(kind, who)));
            }
        }
        Tree role = binding.tree("roleRef");
        return new Binding(name, role.text("kind", ""), role.text("name", ""), List.copyOf(holders));
    }

    private static String shown(String kind, String name) {
        return kind + " \"" + name + "\"";
    }

    /** The key of its role among a policy's roles. */
    ObjectName role() {
        return new ObjectName(roleKind.equals("Role") ? name.namespace() : "", roleName);
    }

    /** What allows {@code holder} something. */
    String reason(Holder holder) {
        boolean cluster = name.namespace().isEmpty();
        return "RBAC: allowed by " + (cluster ? "ClusterRoleBinding \"" : "RoleBinding \"") + name.name()
                + (cluster ? "" : "/" + name.namespace()) + "\" of " + roleKind + " \"" + roleName + "\" to "
                + holder.shown();
    }

    /** What is amiss when its role is not there. */
    String dangling() {
        return roleKind.toLowerCase(java.util.Locale.ROOT) + ".rbac.authorization.k8s.io \"" + roleName
                + "\" not found";
    }
}
