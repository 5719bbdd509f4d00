// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.custom;

import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Definition;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.MetaValidation;
import dev.fairlead.core.definition.Names;
import dev.fairlead.core.definition.Traits;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.custom.JsonPath;
import dev.fairlead.wire.custom.StructuralRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of CustomResourceDefinitions. Source: the API reference of apiextensions.k8s.io/v1. */
public final class DefinitionRules implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC, false, false);
    private static final String APPROVAL = "api-approved.kubernetes.io";
    private static final List<String> COLUMN_TYPES = List.of("boolean", "date", "integer", "number", "string");
    private static final String IMMUTABLE = "field is immutable";

    /** Whether a group may have new kinds only with the approval of Kubernetes' makers. */
    static boolean isProtected(String group) {
        return group.equals("k8s.io")
                || group.endsWith(".k8s.io")
                || group.equals("kubernetes.io")
                || group.endsWith(".kubernetes.io");
    }

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        Draft spec = draft.child("spec");
        Draft names = spec.child("names");
        String kind = names.view().text("kind", "");
        if (!kind.isEmpty()) {
            names.fill("singular", kind.toLowerCase(Locale.ROOT)).fill("listKind", kind + "List");
        }
        spec.child("conversion").fill("strategy", "None");
        return draft.tree();
    }

    @Override
    public Map<String, Object> forCreate(Map<String, Object> object) {
        return stored(Definition.super.forCreate(object));
    }

    @Override
    public Map<String, Object> forUpdate(Map<String, Object> object, Map<String, Object> old) {
        return stored(Definition.super.forUpdate(object, old));
    }

    /** Notes the version that objects are stored as from now on. */
    private static Map<String, Object> stored(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        Set<String> stored = new LinkedHashSet<>(draft.view().tree("status").texts("storedVersions"));
        boolean fresh = false;
        for (Tree version : draft.view().tree("spec").trees("versions")) {
            fresh |= version.truth("storage", false) && stored.add(version.text("name", ""));
        }
        if (fresh) {
            draft.child("status").set("storedVersions", List.copyOf(stored));
        }
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        List<Invalid> errors = new ArrayList<>(MetaValidation.create(new Tree(object), TRAITS.name()));
        check(new Tree(object), errors);
        return errors;
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        List<Invalid> errors = new ArrayList<>(MetaValidation.update(new Tree(object), new Tree(old)));
        Tree now = new Tree(object).tree("spec");
        Tree before = new Tree(old).tree("spec");
        same("spec.group", now.value("group"), before.value("group"), errors);
        same("spec.scope", now.value("scope"), before.value("scope"), errors);
        for (String name : List.of("kind", "plural")) {
            same(
                    "spec.names." + name,
                    now.tree("names").value(name),
                    before.tree("names").value(name),
                    errors);
        }
        // What is ending need not be right any more to be let go.
        if (!new Tree(object).tree("metadata").has("deletionTimestamp") || !now.equals(before)) {
            check(new Tree(object), errors);
        }
        return errors;
    }

    @Override
    public List<Invalid> validateStatus(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        List<Invalid> errors = new ArrayList<>(MetaValidation.update(new Tree(object), new Tree(old)));
        storedVersions(new Tree(object), errors);
        return errors;
    }

    @Override
    public List<String> warnings(Map<String, Object> object, Map<String, Object> old) {
        List<String> warnings = new ArrayList<>();
        Tree spec = new Tree(object).tree("spec");
        if (spec.tree("conversion").text("strategy", "").equals("Webhook")) {
            warnings.add("spec.conversion: webhooks are not called; versions differ in their apiVersion alone");
        }
        if (spec.trees("versions").stream()
                .anyMatch(version -> version.tree("schema").toString().contains("x-kubernetes-validations="))) {
            warnings.add("x-kubernetes-validations are kept, but their rules are not run");
        }
        return warnings;
    }

    private static void same(String path, @Nullable Object now, @Nullable Object before, List<Invalid> errors) {
        if (!Objects.equals(now, before)) {
            errors.add(Invalid.invalid(path, now, IMMUTABLE));
        }
    }

    private static void check(Tree object, List<Invalid> errors) {
        Tree spec = object.tree("spec");
        String group = spec.text("group", "");
        String plural = spec.tree("names").text("plural", "");
        String name = object.tree("metadata").text("name", "");
        if (!name.equals(plural + "." + group)) {
            errors.add(Invalid.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
        }
        if (group.isEmpty()) {
            errors.add(Invalid.required("spec.group", ""));
        } else {
            invalid("spec.group", group, Names.subdomain(group), errors);
            if (!group.contains(".")) {
                errors.add(Invalid.invalid("spec.group", group, "should be a domain with at least one dot"));
            }
        }
        if (isProtected(group)
                && !object.tree("metadata").textMap("annotations").containsKey(APPROVAL)) {
            errors.add(Invalid.required(
                    "metadata.annotations[" + APPROVAL + "]",
                    "protected groups must have approval annotation \"" + APPROVAL
                            + "\", see https://github.com/kubernetes/enhancements/pull/1111"));
        }
        oneOf("spec.scope", spec.text("scope", ""), List.of("Cluster", "Namespaced"), errors);
        names(spec.tree("names"), errors);
        versions(spec, errors);
        oneOf(
                "spec.conversion.strategy",
                spec.tree("conversion").text("strategy", ""),
                List.of("None", "Webhook"),
                errors);
        if (spec.truth("preserveUnknownFields", false)) {
            errors.add(Invalid.invalid(
                    "spec.preserveUnknownFields",
                    true,
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema"
                            + " instead"));
        }
        storedVersions(object, errors);
    }

    private static void names(Tree names, List<Invalid> errors) {
        label("spec.names.plural", names.text("plural", ""), errors);
        label("spec.names.singular", names.text("singular", ""), errors);
        kind("spec.names.kind", names.text("kind", ""), errors);
        kind("spec.names.listKind", names.text("listKind", ""), errors);
        if (!names.text("kind", "").isEmpty() && names.text("kind", "").equals(names.text("listKind", ""))) {
            errors.add(Invalid.invalid(
                    "spec.names.listKind", names.text("listKind"), "kind and listKind may not be the same"));
        }
        for (String list : List.of("shortNames", "categories")) {
            List<String> texts = names.texts(list);
            for (int i = 0; i < texts.size(); i++) {
                invalid("spec.names." + list + "[" + i + "]", texts.get(i), Names.oldLabel(texts.get(i)), errors);
            }
        }
    }

    private static void label(String path, String text, List<Invalid> errors) {
        if (text.isEmpty()) {
            errors.add(Invalid.required(path, ""));
        } else {
            invalid(path, text, Names.oldLabel(text), errors);
        }
    }

    private static void kind(String path, String text, List<Invalid> errors) {
        if (text.isEmpty()) {
            errors.add(Invalid.required(path, ""));
            return;
        }
        for (String wrong : Names.oldLabel(text.toLowerCase(Locale.ROOT))) {
            errors.add(Invalid.invalid(path, text, "may have mixed case, but should otherwise match: " + wrong));
        }
    }

    private static void versions(Tree spec, List<Invalid> errors) {
        List<Tree> versions = spec.trees("versions");
        Set<String> seen = new HashSet<>();
        long storage = versions.stream()
                .filter(version -> version.truth("storage", false))
                .count();
        if (storage != 1) {
            errors.add(Invalid.invalid(
                    "spec.versions",
                    spec.value("versions"),
                    "must have exactly one version marked as storage version"));
        }
        for (int i = 0; i < versions.size(); i++) {
            Tree version = versions.get(i);
            String path = "spec.versions[" + i + "]";
            String name = version.text("name", "");
            invalid(path + ".name", name, Names.oldLabel(name), errors);
            if (!seen.add(name)) {
                errors.add(Invalid.duplicate(path + ".name", name));
            }
            Tree schema = version.tree("schema").tree("openAPIV3Schema");
            if (schema.fields().isEmpty()) {
                errors.add(Invalid.required(path + ".schema.openAPIV3Schema", "schemas are required"));
            } else {
                errors.addAll(StructuralRules.check(schema, path + ".schema.openAPIV3Schema"));
            }
            scale(version.tree("subresources"), path + ".subresources.scale", errors);
            columns(version.trees("additionalPrinterColumns"), path + ".additionalPrinterColumns", errors);
            errors.addAll(SelectableRules.check(version.trees("selectableFields"), schema, path + ".selectableFields"));
        }
    }

    private static void scale(Tree subresources, String path, List<Invalid> errors) {
        if (!subresources.has("scale")) {
            return;
        }
        Tree scale = subresources.tree("scale");
        below(path + ".specReplicasPath", scale.text("specReplicasPath", ""), List.of("spec"), errors);
        below(path + ".statusReplicasPath", scale.text("statusReplicasPath", ""), List.of("status"), errors);
        String selector = scale.text("labelSelectorPath", "");
        if (!selector.isEmpty()) {
            below(path + ".labelSelectorPath", selector, List.of("spec", "status"), errors);
        }
    }

    private static void below(String path, String text, List<String> roots, List<Invalid> errors) {
        JsonPath parsed = text.startsWith(".") ? JsonPath.parse(text) : null;
        if (text.isEmpty()) {
            errors.add(Invalid.required(path, ""));
        } else if (parsed == null
                || !parsed.isPlain()
                || !roots.contains(parsed.names().getFirst())) {
            String wanted =
                    String.join(" or ", roots.stream().map(root -> "." + root).toList());
            errors.add(Invalid.invalid(path, text, "should be a json path under " + wanted));
        }
    }

    private static void columns(List<Tree> columns, String path, List<Invalid> errors) {
        for (int i = 0; i < columns.size(); i++) {
            String at = path + "[" + i + "]";
            Tree column = columns.get(i);
            if (column.text("name", "").isEmpty()) {
                errors.add(Invalid.required(at + ".name", ""));
            }
            String type = column.text("type", "");
            if (type.isEmpty()) {
                errors.add(Invalid.required(at + ".type", "must be one of " + String.join(",", COLUMN_TYPES)));
            } else if (!COLUMN_TYPES.contains(type)) {
                errors.add(Invalid.invalid(at + ".type", type, "must be one of " + String.join(",", COLUMN_TYPES)));
            }
            String jsonPath = column.text("jsonPath", "");
            if (jsonPath.isEmpty()) {
                errors.add(Invalid.required(at + ".jsonPath", ""));
            } else if (JsonPath.parse(jsonPath) == null) {
                errors.add(Invalid.invalid(at + ".jsonPath", jsonPath, "is an invalid jsonpath"));
            }
        }
    }

    private static void storedVersions(Tree object, List<Invalid> errors) {
        List<String> names = object.tree("spec").trees("versions").stream()
                .map(version -> version.text("name", ""))
                .toList();
        List<String> stored = object.tree("status").texts("storedVersions");
        for (int i = 0; i < stored.size(); i++) {
            if (!names.contains(stored.get(i))) {
                errors.add(Invalid.invalid(
                        "status.storedVersions[" + i + "]", stored.get(i), "must appear in spec.versions"));
            }
        }
    }

    private static void oneOf(String path, String value, List<String> supported, List<Invalid> errors) {
        if (value.isEmpty()) {
            errors.add(Invalid.required(path, ""));
        } else if (!supported.contains(value)) {
            errors.add(Invalid.notSupported(path, value, supported));
        }
    }

    private static void invalid(String path, String value, List<String> details, List<Invalid> errors) {
        details.forEach(detail -> errors.add(Invalid.invalid(path, value, detail)));
    }
}
