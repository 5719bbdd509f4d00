// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.yaml;

import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.Null;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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

/** Turns the nodes of one YAML document into a value tree, noting where each field stands. */
final class NodeReader {
    /** Aliases may repeat nodes; this bounds what a small file can blow up to. */
    private static final int MOST_NODES = 1_000_000;

    private static final String MERGE = "<<";

    private final Map<String, Positions.Place> places = new HashMap<>();
    private final List<Problem> duplicates = new ArrayList<>(0);
    private int nodes;

    /** The document under {@code root}, or null when it is empty. */
    Yaml.@Nullable Document document(Node root) {
        places.put("", place(root));
        Object value = value(root, FieldPath.ROOT, 0);
        if (value == Null.NULL) {
            return null;
        }
        if (!(root instanceof MappingNode mapping)) {
            throw wrong(root, "expected an object (name: value), got " + Json.describe(value));
        }
        places.clear();
        duplicates.clear();
        places.put("", place(root));
        return new Yaml.Document(object(mapping, FieldPath.ROOT, 0), new Positions(places, ""), duplicates);
    }

    private Object value(Node node, FieldPath path, int depth) {
        if (++nodes > MOST_NODES) {
            throw wrong(node, "more than " + MOST_NODES + " values, aliases counted each time");
        }
        if (depth >= Json.MAX_DEPTH) {
            throw wrong(node, "nested deeper than " + Json.MAX_DEPTH);
        }
        return switch (node) {
            case MappingNode mapping -> object(mapping, path, depth);
            case SequenceNode sequence -> list(sequence, path, depth);
            case ScalarNode scalar -> scalar(scalar);
            default -> throw wrong(node, "an alias to itself");
        };
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
            places.put(field.toString(), place(tuple.getKeyNode()));
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
    }

    private List<Object> list(SequenceNode sequence, FieldPath path, int depth) {
        List<Object> items = new ArrayList<>(sequence.getValue().size());
        for (Node node : sequence.getValue()) {
            FieldPath item = path.item(items.size());
            places.put(item.toString(), place(node));
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
