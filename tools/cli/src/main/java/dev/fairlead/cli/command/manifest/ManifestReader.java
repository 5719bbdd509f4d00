// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.manifest;

import dev.fairlead.cli.command.Failure;
import dev.fairlead.cli.command.session.Nearest;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.Schema;
import dev.fairlead.wire.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads texts as objects and finds everything in them that can be known to be wrong without asking anybody: syntax, kinds,
 * fields, types, namespaces.
 */
public final class ManifestReader {
    /** What says nothing to somebody who does not write parsers. */
    private static final String PARSERS_TALK = "^while scanning for the next token: ";

    private final Kinds kinds;
    private final @Nullable Schema schema;
    private final String fallback;
    private final @Nullable String demanded;
    private final List<String> problems = new ArrayList<>();
    private final List<Manifest> manifests = new ArrayList<>();

    /**
     * A reader.
     *
     * @param schema what the fields are; null to look at kind and name alone
     * @param fallback the namespace of objects that name none
     * @param demanded the namespace the user asked for, which all objects must be in; null for any
     */
    public ManifestReader(Kinds kinds, @Nullable Schema schema, String fallback, @Nullable String demanded) {
        this.kinds = kinds;
        this.schema = schema;
        this.fallback = fallback;
        this.demanded = demanded;
    }

    /**
     * All objects, in order.
     *
     * @throws Failure with a line for each thing that is wrong
     */
    public List<Manifest> read(List<Source> sources) {
        sources.forEach(this::source);
        if (!problems.isEmpty()) {
            throw new Failure(String.join("\n", problems));
        }
        if (manifests.isEmpty()) {
            throw new Failure(sources.stream().map(Source::name).collect(Collectors.joining(", "))
                    + ": no objects in it; an object begins with apiVersion and kind");
        }
        return manifests;
    }

    private void source(Source source) {
        try {
            for (Yaml.Document document : Yaml.read(source.text())) {
                document.objects().forEach(object -> object(source.name(), object));
            }
        } catch (SyntaxException broken) {
            String place = broken.line() == 0 ? "" : ":" + broken.line() + ":" + broken.column();
            problems.add(source.name() + place + ": " + broken.detail().replaceFirst(PARSERS_TALK, ""));
        }
    }

    private void object(String file, Yaml.Document document) {
        int before = problems.size();
        for (Problem twice : document.duplicates()) {
            problem(file, document, twice.path(), "field \"" + twice.path() + "\" is given twice; keep one of them");
        }
        Resource resource = resource(file, document);
        if (resource == null) {
            return;
        }
        if (schema != null) {
            fields(file, document, schema.require(resource), schema);
        }
        if (problems.size() > before) {
            return;
        }
        Manifest manifest = new Manifest(file, resource, document.fields(), document.positions());
        if (manifest.name().isEmpty()) {
            boolean generated = Tree.of(document.fields().get("metadata")).has("generateName");
            problem(
                    file,
                    document,
                    generated ? "metadata.generateName" : "metadata",
                    generated
                            ? "metadata.generateName cannot be applied, a second time would make a second object; use"
                                    + " metadata.name"
                            : "metadata.name is missing; every object that is applied needs a name");
            return;
        }
        placed(file, document, manifest);
    }

    private void placed(String file, Yaml.Document document, Manifest manifest) {
        String namespace = manifest.namespace();
        if (!manifest.resource().namespaced()) {
            manifests.add(manifest);
        } else if (namespace.isEmpty()) {
            manifests.add(manifest.in(fallback));
        } else if (demanded != null && !namespace.equals(demanded)) {
            problem(
                    file,
                    document,
                    "metadata.namespace",
                    "the object is in namespace \"" + namespace + "\", but -n asks for \"" + demanded
                            + "\"; leave out one of them");
        } else {
            manifests.add(manifest);
        }
    }

    private void fields(String file, Yaml.Document document, ObjectType type, Schema known) {
        for (Problem problem : known.check(type, document.fields())) {
            String advice = problem.sort() == Problem.Sort.UNKNOWN_FIELD
                    ? "; " + FieldAdvice.of(type, document.fields(), problem.path())
                    : "";
            problem(file, document, problem.path(), problem.message() + advice);
        }
    }

    private @Nullable Resource resource(String file, Yaml.Document document) {
        String version = word(file, document, "apiVersion", "v1");
        String kind = word(file, document, "kind", "Service");
        if (version == null || kind == null) {
            return null;
        }
        Resource resource = kinds.byKind(version, kind);
        if (resource == null) {
            unknown(file, document, version, kind);
        }
        return resource;
    }

    private @Nullable String word(String file, Yaml.Document document, String field, String example) {
        Object value = document.fields().get(field);
        if (value instanceof String text && !text.isEmpty()) {
            return text;
        }
        problem(
                file,
                document,
                field,
                value == null
                        ? field + " is missing; every object says what it is, such as " + field + ": " + example
                        : field + " must be a text such as " + example);
        return null;
    }

    private void unknown(String file, Yaml.Document document, String version, String kind) {
        List<String> versions = kinds.all().stream()
                .filter(each -> each.kind().equals(kind))
                .map(Resource::apiVersion)
                .toList();
        if (!versions.isEmpty()) {
            problem(
                    file,
                    document,
                    "apiVersion",
                    "no kind \"" + kind + "\" in apiVersion \"" + version + "\"; it is in "
                            + String.join(" and ", versions));
            return;
        }
        List<String> known = kinds.all().stream().map(Resource::kind).distinct().toList();
        problem(
                file,
                document,
                "kind",
                "unknown kind \"" + kind + "\" (" + version + "); " + Nearest.advice(kind, known, "the kinds are "));
    }

    private void problem(String file, Yaml.Document document, String path, String message) {
        problems.add(Manifest.at(file, document.positions(), path, message));
    }
}
