// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.yaml;

import dev.fairlead.wire.Problem;
import dev.fairlead.wire.SyntaxException;
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
    public record Document(Map<String, Object> fields, Positions positions, List<Problem> duplicates) {}

    /**
     * The documents of {@code text}, without empty ones.
     *
     * @throws SyntaxException when the text is not YAML, or a document is not an object
     */
    public static List<Document> read(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(Integer.MAX_VALUE)
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

    private static SyntaxException syntax(MarkedYamlEngineException broken) {
        Optional<Mark> mark = broken.getProblemMark().or(broken::getContextMark);
        String problem = broken.getProblem() == null ? "not YAML" : broken.getProblem();
        String context = broken.getContext() == null ? "" : broken.getContext() + ": ";
        return mark.map(place -> new SyntaxException(place.getLine() + 1, place.getColumn() + 1, context + problem))
                .orElseGet(() -> new SyntaxException(0, 0, context + problem));
    }
}
