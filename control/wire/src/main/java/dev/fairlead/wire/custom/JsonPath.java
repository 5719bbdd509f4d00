// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A simple JSONPath as definitions use it: {@code .spec.replicas}, {@code .metadata.annotations.a\.b/c}, {@code ['a']},
 * {@code [0]}, {@code [*]}, {@code [?(@.type=="Ready")].status}.
 *
 * @param steps from the object to the value
 */
public record JsonPath(List<Step> steps) {
    /** Any step but a name after a dot. */
    private static final Pattern BRACKET = Pattern.compile("\\['([^']*+)'\\]|\\[(-?\\d{1,9})\\]|(\\[\\*\\])"
            + "|\\[\\?\\(\\s*+@\\.([\\w.-]++)\\s*+(?:(==|!=)\\s*+(\"[^\"]*+\"|'[^']*+'|[\\w.+-]++)\\s*+)?\\)\\]");

    /** One step. */
    public sealed interface Step {
        /** Into the field of an object. */
        record Name(String name) implements Step {}

        /** To an item of a list; negative ones count from its end. */
        record Index(int index) implements Step {}

        /** To every item of a list, or field of an object. */
        record All() implements Step {}

        /**
         * To the items of a list of which this is true.
         *
         * @param operator {@code ==}, {@code !=}, or empty: the field is there
         */
        record Where(List<String> path, String operator, String value) implements Step {}
    }

    /** The path in a text, with or without braces around and a dot before it; null when it is none. */
    public static @Nullable JsonPath parse(String given) {
        String text = given.startsWith("{") && given.endsWith("}") ? given.substring(1, given.length() - 1) : given;
        if (!text.startsWith(".") && !text.startsWith("[")) {
            return null;
        }
        Matcher bracket = BRACKET.matcher(text);
        List<Step> steps = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            boolean dot = text.charAt(at) == '.';
            int end = dot ? endOfName(text, at + 1) : at;
            Step step = dot ? named(text.substring(at + 1, end)) : bracketed(bracket.region(at, text.length()));
            if (step == null) {
                return null;
            }
            steps.add(step);
            at = dot ? end : bracket.end();
        }
        return new JsonPath(List.copyOf(steps));
    }

    /** Where a name ends: before a dot or a bracket that no backslash stands before. By hand, for it may be long. */
    private static int endOfName(String text, int from) {
        int at = from;
        while (at < text.length() && ".[]".indexOf(text.charAt(at)) < 0) {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at, text.length());
    }

    private static @Nullable Step named(String written) {
        if (written.equals("*")) {
            return new Step.All();
        }
        StringBuilder name = new StringBuilder(written.length());
        for (int i = 0; i < written.length(); i++) {
            if (written.charAt(i) == '\\' && ++i == written.length()) {
                return null; // a backslash before nothing
            }
            name.append(written.charAt(i));
        }
        return name.isEmpty() ? null : new Step.Name(name.toString());
    }

    private static @Nullable Step bracketed(Matcher matcher) {
        if (!matcher.lookingAt()) {
            return null;
        }
        if (matcher.group(1) != null) {
            return new Step.Name(matcher.group(1));
        }
        if (matcher.group(2) != null) {
            return new Step.Index(Integer.parseInt(matcher.group(2)));
        }
        if (matcher.group(3) != null) {
            return new Step.All();
        }
        List<String> path = List.of(matcher.group(4).split("\\.", -1));
        if (path.contains("")) {
            return null;
        }
        String operator = matcher.group(5) == null ? "" : matcher.group(5);
        String value = matcher.group(6) == null ? "" : matcher.group(6).replaceAll("^[\"']|[\"']$", "");
        return new Step.Where(path, operator, value);
    }

    /** Whether every step is the name of a field. */
    public boolean isPlain() {
        return steps.stream().allMatch(Step.Name.class::isInstance);
    }

    /** The names of its steps; it must be {@link #isPlain plain}. */
    public List<String> names() {
        return steps.stream().map(step -> ((Step.Name) step).name()).toList();
    }

    /** The first value it leads to, or null. */
    public @Nullable Object first(Map<String, Object> object) {
        List<Object> found = List.of(object);
        for (Step step : steps) {
            List<Object> next = new ArrayList<>();
            for (Object each : found) {
                follow(step, each, next);
            }
            found = next;
        }
        return found.isEmpty() ? null : found.getFirst();
    }

    private static void follow(Step step, Object value, List<Object> into) {
        switch (step) {
            case Step.Name(String name) -> {
                if (value instanceof Map<?, ?> map && map.get(name) != null) {
                    into.add(map.get(name));
                }
            }
            case Step.Index(int index) -> {
                if (value instanceof List<?> list) {
                    int at = index < 0 ? list.size() + index : index;
                    if (at >= 0 && at < list.size()) {
                        into.add(list.get(at));
                    }
                }
            }
            case Step.All() -> {
                if (value instanceof List<?> list) {
                    into.addAll(list);
                } else if (value instanceof Map<?, ?> map) {
                    into.addAll(map.values());
                }
            }
            case Step.Where where -> {
                if (value instanceof List<?> list) {
                    list.stream().filter(item -> holds(where, item)).forEach(into::add);
                }
            }
        }
    }

    private static boolean holds(Step.Where where, Object item) {
        Object at = item;
        for (String name : where.path()) {
            at = at instanceof Map<?, ?> map ? map.get(name) : null;
            if (at == null) {
                return false;
            }
        }
        return switch (where.operator()) {
            case "==" -> at.toString().equals(where.value());
            case "!=" -> !at.toString().equals(where.value());
            default -> true;
        };
    }
}
