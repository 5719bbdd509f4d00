// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;

/**
 * The rules of RoleBindings and ClusterRoleBindings: who has a role. Which role that is never changes.
 *
 * @param cluster which of the two; a ClusterRoleBinding cannot give a Role, and belongs to no namespace
 */
record RoleBindingDefinition(boolean cluster) implements Definition {
    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final Traits TRAITS = new Traits(Traits.NameRule.PATH_SEGMENT, Traits.Generation.NONE, true, true);

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        draft.existing("roleRef").fillText("apiGroup", GROUP);
        for (Draft subject : draft.children("subjects")) {
            String kind = subject.view().text("kind", "");
            if (kind.equals("User") || kind.equals("Group")) {
                subject.fillText("apiGroup", GROUP);
            }
        }
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Tree tree = new Tree(object);
        return new Errors()
                .addAll(MetaValidation.create(tree, TRAITS.name()))
                .addAll(binding(tree))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Tree tree = new Tree(object);
        Errors errors = new Errors().addAll(binding(tree)).addAll(MetaValidation.update(tree, new Tree(old)));
        Map<String, Object> role = tree.tree("roleRef").fields();
        if (!role.equals(new Tree(old).tree("roleRef").fields())) {
            errors.invalid("roleRef", role, "cannot change roleRef");
        }
        return errors.list();
    }

    private List<Invalid> binding(Tree binding) {
        Errors errors = new Errors();
        Tree role = binding.tree("roleRef");
        if (!role.text("apiGroup", "").equals(GROUP)) {
            errors.add(Invalid.notSupported("roleRef.apiGroup", role.text("apiGroup", ""), List.of(GROUP)));
        }
        List<String> kinds = cluster ? List.of("ClusterRole") : List.of("ClusterRole", "Role");
        if (!kinds.contains(role.text("kind", ""))) {
            errors.add(Invalid.notSupported("roleRef.kind", role.text("kind", ""), kinds));
        }
        String name = role.text("name", "");
        if (name.isEmpty()) {
            errors.required("roleRef.name", "");
        } else {
            errors.invalid("roleRef.name", name, Names.pathSegment(name));
        }
        List<Tree> subjects = binding.trees("subjects");
        for (int i = 0; i < subjects.size(); i++) {
            subject(subjects.get(i), "subjects[" + i + "]", errors);
        }
        return errors.list();
    }

    private void subject(Tree subject, String path, Errors errors) {
        String name = subject.text("name", "");
        String group = subject.text("apiGroup", "");
        String kind = subject.text("kind", "");
        if (name.isEmpty()) {
            errors.required(path + ".name", "");
        }
        switch (kind) {
            case "ServiceAccount" -> {
                if (!name.isEmpty()) {
                    errors.invalid(path + ".name", name, Names.subdomain(name));
                }
                if (!group.isEmpty()) {
                    errors.add(Invalid.notSupported(path + ".apiGroup", group, List.of("")));
                }
                if (cluster && subject.text("namespace", "").isEmpty()) {
                    errors.required(path + ".namespace", "");
                }
            }
            case "User", "Group" -> {
                if (name.isEmpty()) {
                    String what = kind.equals("User") ? "user" : "group";
                    errors.invalid(path + ".name", name, what + " name cannot be empty");
                }
                if (!group.equals(GROUP)) {
                    errors.add(Invalid.notSupported(path + ".apiGroup", group, List.of(GROUP)));
                }
            }
            default ->
                errors.add(Invalid.notSupported(path + ".kind", kind, List.of("Group", "ServiceAccount", "User")));
        }
    }
}
