// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.yaml;

import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.Null;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Turns the nodes of one YAML document into a value tree, noting where each field stands.
 *
 * <p>An alias unfolds to all that its anchor holds, so a few hundred bytes can mean millions of values. As in Kubernetes' YAML
 * library (gopkg.in/yaml.v2, decode.go) a document is refused as soon as too large a share of what was read came by aliases;
 * names, values and aliases count alike.
 */
final class NodeReader {
    /** What any document may hold, and how much of it may come by aliases. */
    private static final int FEW = 1000;

    private static final int FEW_UNFOLDED = 100;

    /** Up to {@link #MANY} counts nearly all may come by aliases, from {@link #VERY_MANY} on a tenth; evenly less between them. */
    private static final int MANY = 400_000;

    private static final int VERY_MANY = 4_000_000;
    private static final double MOST = 0.99;
    private static final double LEAST = 0.10;

    private static final String MERGE = "<<";

    private final Map<String, Positions.Place> places = new HashMap<>();
    private final List<Problem> duplicates = new ArrayList<>(0);
    private final Set<Node> anchored = Collections.newSetFromMap(new IdentityHashMap<>());
    /** How many aliases lead to where the reading is. */
    private int aliases;

    private long counted;
    private long unfolded;

    /** The document under {@code root}, or null when it is empty. */
    Yaml.@Nullable Document document(Node root) {
        places.put("", place(root));
        Object value = value(root, FieldPath.ROOT, 0);
        return switch (value) {
            case Null _ -> null;
            case Map<?, ?> fields -> new Yaml.Document(named(fields), new Positions(places, ""), duplicates);
            default -> throw wrong(root, "expected an object (name: value), got " + Json.describe(value));
        };
    }

    @SuppressWarnings("unchecked") // objects are made with string keys only
    private static Map<String, Object> named(Map<?, ?> fields) {
        return (Map<String, Object>) fields;
    }

    private Object value(Node node, FieldPath path, int depth) {
        boolean alias = enter(node, depth);
        Object value = switch (node) {
            case MappingNode mapping -> object(mapping, path, depth);
            case SequenceNode sequence -> list(sequence, path, depth);
            case ScalarNode scalar -> scalar(scalar);
            default -> throw wrong(node, "an alias to itself");
        };
        leave(alias);
        return value;
    }

    /** Whether {@code node} stands here by an alias: its anchor was read before. */
    private boolean enter(Node node, int depth) {
        if (depth >= Json.MAX_DEPTH) {
            throw wrong(node, "nested deeper than " + Json.MAX_DEPTH);
        }
        count(node);
        boolean alias = node.getAnchor().isPresent() && !anchored.add(node);
        if (alias) {
            aliases++;
            count(node);
        }
        return alias;
    }

    private void leave(boolean alias) {
        if (alias) {
            aliases--;
        }
    }

    private void count(Node node) {
        counted++;
        if (aliases > 0) {
            unfolded++;
        }
        if (counted > FEW && unfolded > FEW_UNFOLDED && unfolded > allowed(counted) * counted) {
            throw wrong(
                    node, "excessive aliasing: " + unfolded + " of the first " + counted + " values come by aliases");
        }
    }

    private static double allowed(long counted) {
        double way = Math.clamp((counted - MANY) / (double) (VERY_MANY - MANY), 0.0, 1.0);
        return MOST - (MOST - LEAST) * way;
    }

    /** What an alias repeats stands where the alias does, and is looked for there. */
    private void note(FieldPath path, Node node) {
        if (aliases == 0) {
            places.put(path.toString(), place(node));
        }
    }

    private Map<String, Object> object(MappingNode mapping, FieldPath path, int depth) {
        Map<String, Object> fields = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        List<Node> merged = new ArrayList<>(0);
        for (NodeTuple tuple : mapping.getValue()) {
            String name = name(tuple.getKeyNode());
            if (name.equals(MERGE) && tuple.getKeyNode().getTag().equals(UnresolvedSchema.PLAIN)) {
                merged.add(tuple.getValueNode());
                continue;
            }
            FieldPath field = path.field(name);
            count(tuple.getKeyNode());
            note(field, tuple.getKeyNode());
            Object value = value(tuple.getValueNode(), field, depth + 1);
            if (!seen.add(name)) {
                duplicates.add(Problem.duplicate(field));
            }
            if (value == Null.NULL) {
                fields.remove(name);
            } else {
                fields.put(name, value);
            }
        }
        merged.forEach(source -> merge(source, fields, seen, path, depth));
        return fields;
    }

    /** YAML 1.1 merge: fields of {@code source} that are not given here. */
    private void merge(Node source, Map<String, Object> fields, Set<String> given, FieldPath path, int depth) {
        boolean alias = enter(source, depth);
        switch (source) {
            case MappingNode mapping ->
                object(mapping, path, depth + 1).forEach((name, value) -> {
                    if (!given.contains(name)) {
                        fields.putIfAbsent(name, value);
                    }
                });
            case SequenceNode sequence ->
                sequence.getValue().forEach(each -> merge(each, fields, given, path, depth + 1));
            default -> throw wrong(source, "<< takes an object or a list of objects");
        }
        leave(alias);
    }

    private List<Object> list(SequenceNode sequence, FieldPath path, int depth) {
        List<Object> items = new ArrayList<>(sequence.getValue().size());
        for (Node node : sequence.getValue()) {
            FieldPath item = path.item(items.size());
            note(item, node);
            Object value = value(node, item, depth + 1);
            if (value != Null.NULL) {
                items.add(value);
            }
        }
        return items;
    }

    private static Object scalar(ScalarNode scalar) {
        Tag tag = scalar.getTag();
        boolean number = tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) || tag.equals(Tag.BOOL) || tag.equals(Tag.NULL);
        return number || tag.equals(UnresolvedSchema.PLAIN) ? Scalars.plain(scalar.getValue()) : scalar.getValue();
    }

    private static String name(Node key) {
        if (!(key instanceof ScalarNode scalar)) {
            throw wrong(key, "a field's name must be text, not a list or object");
        }
        return scalar.getValue();
    }

    private static Positions.Place place(Node node) {
        return node.getStartMark()
                .map(mark -> new Positions.Place(mark.getLine() + 1, mark.getColumn() + 1))
                .orElse(new Positions.Place(1, 1));
    }

    private static SyntaxException wrong(Node node, String detail) {
        Positions.Place place = place(node);
        return new SyntaxException(place.line(), place.column(), detail);
    }
}
