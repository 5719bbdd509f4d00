// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind.PrinterColumn;
import dev.fairlead.wire.schema.Schema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The resources that a CustomResourceDefinition asks for. */
public final class CustomResources {
    private static final List<String> VERBS =
            List.of("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch");
    private static final Pattern VERSION = Pattern.compile("v(\\d+)(?:(alpha|beta)(\\d+))?");

    private CustomResources() {}

    /** The versions that are served, the best first: stable before beta before alpha, later ones before earlier. */
    public static List<Resource> of(Tree definition) {
        return versions(definition).stream()
                .map(version -> resource(definition, version))
                .toList();
    }

    /** The same with what the definition says of the objects, as a server needs it. */
    public static List<Resource> detailed(Tree definition, Schema model) {
        return versions(definition).stream()
                .map(version -> {
                    Resource resource = resource(definition, version);
                    return resource.with(kind(definition, version, resource, model));
                })
                .toList();
    }

    /** The version in which objects rest, served or not; what is in the store can be reached through it. */
    public static Resource stored(Tree definition, Schema model) {
        Tree version = definition.tree("spec").trees("versions").stream()
                .filter(each -> each.truth("storage", false))
                .findFirst()
                .orElse(Tree.EMPTY);
        Resource resource = resource(definition, version);
        return resource.with(kind(definition, version, resource, model));
    }

    private static List<Tree> versions(Tree definition) {
        return definition.tree("spec").trees("versions").stream()
                .filter(version -> version.truth("served", false))
                .sorted(Comparator.comparing(version -> version.text("name", ""), CustomResources::compare))
                .toList();
    }

    /** Kubernetes' order of versions: {@code v2, v1, v1beta1, v1alpha1}, then other names by the alphabet. */
    static int compare(String one, String other) {
        Matcher a = VERSION.matcher(one);
        Matcher b = VERSION.matcher(other);
        if (!a.matches() || !b.matches()) {
            return a.matches() ? -1 : b.matches() ? 1 : one.compareTo(other);
        }
        int byStage = Integer.compare(stage(a), stage(b));
        int byMajor = byStage != 0 ? byStage : Long.compare(number(b, 1), number(a, 1));
        return byMajor != 0 ? byMajor : Long.compare(number(b, 3), number(a, 3));
    }

    private static int stage(Matcher version) {
        return version.group(2) == null ? 0 : version.group(2).equals("beta") ? 1 : 2;
    }

    private static long number(Matcher version, int group) {
        String digits = version.group(group);
        return digits == null ? 0 : Long.parseLong(digits.substring(0, Math.min(digits.length(), 18)));
    }

    private static Resource resource(Tree definition, Tree version) {
        Tree spec = definition.tree("spec");
        Tree names = spec.tree("names");
        String group = spec.text("group", "");
        String kind = names.text("kind", "");
        String plural = names.text("plural", "");
        List<String> subresources = new ArrayList<>();
        Tree said = version.tree("subresources");
        if (CustomKind.scale(said) != null) {
            subresources.add("scale");
        }
        if (said.value("status") != null) {
            subresources.add("status");
        }
        return new Resource(
                group,
                version.text("name", ""),
                kind,
                plural,
                names.text("singular", kind.toLowerCase(Locale.ROOT)),
                names.texts("shortNames"),
                names.texts("categories"),
                spec.text("scope", "").equals("Namespaced"),
                VERBS,
                List.copyOf(subresources),
                "/registry/" + group + "/" + plural + "/",
                null);
    }

    private static CustomKind kind(Tree definition, Tree version, Resource resource, Schema model) {
        JsonSchema schema = JsonSchema.of(version.tree("schema").value("openAPIV3Schema"));
        Tree names = definition.tree("spec").tree("names");
        Tree subresources = version.tree("subresources");
        return new CustomKind(
                names.text("listKind", resource.kind() + "List"),
                resource.group() + "/" + storage(definition),
                schema,
                FieldTypes.root(resource.kind(), schema, model.metadata()),
                columns(version),
                selectable(version),
                CustomKind.scale(subresources),
                subresources.value("status") != null,
                definition.tree("metadata").has("deletionTimestamp"),
                warning(version, resource));
    }

    private static String storage(Tree definition) {
        return definition.tree("spec").trees("versions").stream()
                .filter(version -> version.truth("storage", false))
                .map(version -> version.text("name", ""))
                .findFirst()
                .orElse("");
    }

    private static List<PrinterColumn> columns(Tree version) {
        List<PrinterColumn> columns = new ArrayList<>();
        for (Tree column : version.trees("additionalPrinterColumns")) {
            JsonPath path = JsonPath.parse(column.text("jsonPath", ""));
            if (path != null) {
                columns.add(new PrinterColumn(
                        column.text("name", ""),
                        column.text("type", "string"),
                        column.text("format", ""),
                        column.text("description", ""),
                        (int) column.whole("priority", 0),
                        path));
            }
        }
        return List.copyOf(columns);
    }

    private static List<String> selectable(Tree version) {
        List<String> fields = new ArrayList<>();
        for (Tree field : version.trees("selectableFields")) {
            String path = field.text("jsonPath", "");
            fields.add(path.startsWith(".") ? path.substring(1) : path);
        }
        return List.copyOf(fields);
    }

    private static String warning(Tree version, Resource resource) {
        if (!version.truth("deprecated", false)) {
            return "";
        }
        return version.text("deprecationWarning", resource.apiVersion() + " " + resource.kind() + " is deprecated");
    }
}
