// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What is wrong with {@code metadata}, the same for every kind. */
public final class MetaValidation {
    private static final int ANNOTATION_BYTES = 256 * 1024;
    private static final String IMMUTABLE = "field is immutable";

    private MetaValidation() {}

    /** The metadata of a new object, after a name was generated where one was asked for. */
    public static List<Invalid> create(Tree object, Traits.NameRule rule) {
        Tree meta = object.tree("metadata");
        Errors errors = new Errors();
        String name = meta.text("name", "");
        if (name.isEmpty()) {
            errors.required("metadata.name", "name or generateName is required");
        } else {
            errors.invalid("metadata.name", name, name(name, rule));
        }
        String namespace = meta.text("namespace", "");
        if (!namespace.isEmpty()) {
            errors.invalid("metadata.namespace", namespace, Names.label(namespace));
        }
        return errors.addAll(common(meta)).list();
    }

    /** The metadata of an object that would replace {@code old}. */
    public static List<Invalid> update(Tree object, Tree old) {
        Tree meta = object.tree("metadata");
        Tree before = old.tree("metadata");
        Errors errors = new Errors();
        if (before.has("deletionTimestamp")) {
            Set<String> added = new TreeSet<>(meta.texts("finalizers"));
            before.texts("finalizers").forEach(added::remove);
            if (!added.isEmpty()) {
                String names = String.join(
                        ", ", added.stream().map(text -> "\"" + text + "\"").toList());
                errors.forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
                                + names + "}");
            }
        }
        if (meta.whole("generation", 0) < before.whole("generation", 0)) {
            errors.invalid("metadata.generation", meta.whole("generation", 0), "must not be decremented");
        }
        for (String field : List.of(
                "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")) {
            if (!Objects.equals(meta.value(field), before.value(field))) {
                errors.invalid("metadata." + field, meta.value(field), IMMUTABLE);
            }
        }
        return errors.addAll(common(meta)).list();
    }

    /** What the server owns: an update neither changes nor removes it, only another uid is an error. */
    static void keepOwned(Draft meta, Tree old) {
        if (meta.view().text("uid", "").isEmpty()) {
            meta.set("uid", old.value("uid"));
        }
        meta.set("creationTimestamp", old.value("creationTimestamp"));
        if (old.has("deletionTimestamp")) {
            meta.set("deletionTimestamp", old.value("deletionTimestamp"));
            if (!meta.has("deletionGracePeriodSeconds")) {
                meta.set("deletionGracePeriodSeconds", old.value("deletionGracePeriodSeconds"));
            }
        }
    }

    /** Labels at {@code path}. */
    static List<Invalid> labels(Map<String, String> labels, String path) {
        Errors errors = new Errors();
        labels.forEach((key, value) -> {
            errors.invalid(path, key, Names.qualified(key));
            errors.invalid(path, value, Names.labelValue(value));
        });
        return errors.list();
    }

    /** Annotations at {@code path}; the case of their keys does not matter. */
    static List<Invalid> annotations(Map<String, String> annotations, String path) {
        Errors errors = new Errors();
        long bytes = 0;
        for (Map.Entry<String, String> entry : annotations.entrySet()) {
            errors.invalid(path, entry.getKey(), Names.qualified(entry.getKey().toLowerCase(Locale.ROOT)));
            bytes += utf8(entry.getKey()) + utf8(entry.getValue());
        }
        return bytes > ANNOTATION_BYTES ? errors.tooLong(path, ANNOTATION_BYTES).list() : errors.list();
    }

    private static List<Invalid> common(Tree meta) {
        Errors errors = new Errors();
        errors.notNegative("metadata.generation", meta.whole("generation", 0));
        errors.addAll(labels(meta.textMap("labels"), "metadata.labels"));
        errors.addAll(annotations(meta.textMap("annotations"), "metadata.annotations"));
        owners(meta, errors);
        finalizers(meta.texts("finalizers"), errors);
        return errors.list();
    }

    private static void owners(Tree meta, Errors errors) {
        String path = "metadata.ownerReferences";
        String controller = "";
        boolean several = false;
        for (Tree owner : meta.trees("ownerReferences")) {
            String version = owner.text("apiVersion", "");
            if (version.isEmpty() || version.endsWith("/")) {
                errors.invalid(path + ".apiVersion", version, "version must not be empty");
            }
            for (String field : List.of("kind", "name", "uid")) {
                if (owner.text(field, "").isEmpty()) {
                    errors.invalid(path + "." + field, "", "must not be empty");
                }
            }
            if (version.equals("v1") && owner.text("kind", "").equals("Event")) {
                errors.invalid(path, owner.fields(), "/v1, Kind=Event is disallowed from being an owner");
            }
            if (owner.truth("controller", false)) {
                String name = owner.text("kind", "") + "/" + owner.text("name", "");
                if (!controller.isEmpty() && !several) {
                    several = true; // once is enough, the value is the whole list
                    errors.invalid(
                            path,
                            meta.value("ownerReferences"),
                            "Only one reference can have Controller set to true. Found \"true\" in references for "
                                    + controller + " and " + name);
                } else if (controller.isEmpty()) {
                    controller = name;
                }
            }
        }
    }

    private static void finalizers(List<String> finalizers, Errors errors) {
        String path = "metadata.finalizers";
        finalizers.forEach(finalizer -> errors.invalid(path, finalizer, Names.qualified(finalizer)));
        if (finalizers.contains("orphan") && finalizers.contains("foregroundDeletion")) {
            errors.invalid(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set");
        }
    }

    private static List<String> name(String name, Traits.NameRule rule) {
        return switch (rule) {
            case SUBDOMAIN -> Names.subdomain(name);
            case LABEL -> Names.label(name);
            case PATH_SEGMENT -> Names.pathSegment(name);
        };
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
