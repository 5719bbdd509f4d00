// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * RFC 6901: a place in a JSON value, {@code /metadata/labels/app.kubernetes.io~1name}.
 *
 * @param steps names and indices, unescaped; empty for the whole value
 */
public record Pointer(List<String> steps) {
    private static final Pattern BAD_ESCAPE = Pattern.compile("~(?![01])");

    /** The pointer that {@code text} stands for. */
    public static Pointer parse(String text) {
        if (!text.isEmpty() && !text.startsWith("/") || BAD_ESCAPE.matcher(text).find()) {
            throw PatchException.malformed(
                    text, "not a JSON pointer: each step starts with /, and ~ is written ~0, / is written ~1");
        }
        return new Pointer(
                text.isEmpty()
                        ? List.of()
                        : Stream.of(text.substring(1).split("/", -1))
                                .map(step -> step.replace("~1", "/").replace("~0", "~"))
                                .toList());
    }

    /** Whether {@code other} is at or below this place. */
    boolean contains(Pointer other) {
        return other.steps.size() >= steps.size()
                && other.steps.subList(0, steps.size()).equals(steps);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        steps.forEach(step -> text.append('/').append(step.replace("~", "~0").replace("/", "~1")));
        return text.toString();
    }
}
