// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import static dev.fairlead.apiserver.table.Tables.name;

import dev.fairlead.core.definition.Tree;
import java.util.List;
import java.util.stream.Collectors;

/** The table of RoleBindings and ClusterRoleBindings. */
final class BindingTable {
    static final Table BINDINGS = new Table(
            List.of(
                    Column.called(),
                    Column.text("Role", "Which role is given."),
                    Column.age(),
                    Column.wide("Users", "Which users have it."),
                    Column.wide("Groups", "Which groups have it."),
                    Column.wide("ServiceAccounts", "Which service accounts have it.")),
            (binding, now) -> {
                Tree role = binding.tree("roleRef");
                return List.of(
                        name(binding),
                        role.text("kind", "") + "/" + role.text("name", ""),
                        Age.of(binding, now),
                        subjects(binding, "User"),
                        subjects(binding, "Group"),
                        subjects(binding, "ServiceAccount"));
            });

    private BindingTable() {}

    private static String subjects(Tree binding, String kind) {
        return binding.trees("subjects").stream()
                .filter(subject -> subject.text("kind", "").equals(kind))
                .map(subject -> kind.equals("ServiceAccount")
                        ? subject.text("namespace", "") + "/" + subject.text("name", "")
                        : subject.text("name", ""))
                .collect(Collectors.joining(", "));
    }
}
