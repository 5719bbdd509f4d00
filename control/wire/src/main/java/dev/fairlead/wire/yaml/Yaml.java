// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.yaml;

import dev.fairlead.wire.Problem;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** YAML text ⇄ value trees with positions; JSON text is YAML too. The same limits and numbers as {@code Json}. */
public final class Yaml {
    private Yaml() {}

    /**
     * One document of a file.
     *
     * @param fields the object; nulls are dropped, keys are strings
     * @param positions where its fields stand
     * @param duplicates the fields that were given twice; the last one counts
     */
    public record Document(Map<String, Object> fields, Positions positions, List<Problem> duplicates) {
        /**
         * The objects to work with: of a {@code List} (of any kind whose name ends so and that has items) its items, each with
         * its own positions; else this.
         */
        public List<Document> objects() {
            boolean list = fields.get("kind") instanceof String kind && kind.endsWith("List");
            if (!list || !(fields.get("items") instanceof List<?> items)) {
                return List.of(this);
            }
            List<Document> objects = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                String path = "items[" + i + "]";
                Positions there = positions.under(path);
                if (!(items.get(i) instanceof Map<?, ?> item)) {
                    Positions.Place place = positions.of(path);
                    throw new SyntaxException(
                            place.line(), place.column(), "expected an object, got " + Json.describe(items.get(i)));
                }
                List<Problem> own = duplicates.stream()
                        .filter(each -> each.path().startsWith(path + "."))
                        .map(each -> each.under(path))
                        .toList();
                objects.addAll(new Document(fields(item), there, own).objects());
            }
            return objects;
        }

        @SuppressWarnings("unchecked") // the reader makes string keys only
        private static Map<String, Object> fields(Map<?, ?> item) {
            return (Map<String, Object>) item;
        }
    }

    /**
     * The documents of {@code text}, without empty ones.
     *
     * @throws SyntaxException when the text is not YAML, or a document is not an object
     */
    public static List<Document> read(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(Integer.MAX_VALUE)
                .setMaxAliasesForCollections(Integer.MAX_VALUE) // bounded by what they unfold to
                .setAllowDuplicateKeys(true)
                .setUseMarks(true)
                .setSchema(new UnresolvedSchema())
                .build();
        List<Document> documents = new ArrayList<>();
        try {
            Composer roots = new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text)));
            while (roots.hasNext()) {
                Document document = new NodeReader().document(roots.next());
                if (document != null) {
                    documents.add(document);
                }
            }
        } catch (MarkedYamlEngineException broken) {
            throw syntax(broken);
        } catch (YamlEngineException broken) {
            throw new SyntaxException(0, 0, String.valueOf(broken.getMessage()));
        }
        return documents;
    }

    /**
     * {@code value} as YAML the way {@code kubectl get -o yaml} prints it: names sorted, block style, list items level with
     * their field's name, quotes only where reading would otherwise give another value.
     */
    public static String write(@Nullable Object value) {
        return new YamlWriter().write(value);
    }

    /** The parser's words, with what to do about the two mistakes that people make. */
    private static String worded(String problem) {
        if (problem.startsWith("found character '\\t")) {
            return "a tab cannot indent; use spaces";
        }
        if (problem.startsWith("mapping values are not allowed here")) {
            return "a \": \" where none can be; put a text that contains it in quotes, or mend the indentation";
        }
        int advice = problem.indexOf(". (Do not use");
        return advice < 0 ? problem : problem.substring(0, advice) + "; put the text in quotes";
    }

    private static SyntaxException syntax(MarkedYamlEngineException broken) {
        Optional<Mark> mark = broken.getProblemMark().or(broken::getContextMark);
        String problem = broken.getProblem() == null ? "not YAML" : worded(broken.getProblem());
        String context = broken.getContext() == null ? "" : broken.getContext() + ": ";
        return mark.map(place -> new SyntaxException(place.getLine() + 1, place.getColumn() + 1, context + problem))
                .orElseGet(() -> new SyntaxException(0, 0, context + problem));
    }
}
