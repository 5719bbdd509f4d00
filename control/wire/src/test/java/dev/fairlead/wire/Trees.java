// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Makes value trees by chance, from a seed, with the texts that formats stumble over. */
public final class Trees {
    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "web-1",
            "yes",
            "No",
            "null",
            "~",
            "0644",
            "1e3",
            "-",
            "- x",
            "a: b",
            "a #b",
            "#a",
            "'",
            "\"",
            "\\",
            "line\nline\n",
            "line\n\n  indented\nend",
            " lead",
            "trail ",
            "\n",
            "\ttab",
            "tab\tin\nside",
            "ünïcödé",
            "😀",
            "*a",
            "&a",
            "!b",
            "%c",
            "@d",
            "`e",
            "{f",
            "[g",
            ",h",
            "|",
            ">",
            "?",
            "? k",
            ":",
            "a:",
            "<<",
            "=",
            "---",
            "...",
            "0x1F",
            "1_000",
            ".5",
            "+1",
            "12:30:45",
            "2026-01-01",
            "\u0007bell",
            "\u00a0",
            "true",
            "x\r\ny",
            "end\n\n",
            "\n\nstart",
            "  two\nlines\n",
            "key: |",
            "\u2028",
            "a\u0085b",
            ".inf",
            "on",
            "y",
            "\ufeffbom",
            "trailing space \nx");
    private static final List<String> NAMES =
            List.of("a", "b", "spec", "app.kubernetes.io/name", "on", "1", "x y", "é", "");

    private final RandomGenerator random;

    /** Trees by the chance of {@code random}. */
    public Trees(RandomGenerator random) {
        this.random = random;
    }

    /** An object nested at most {@code depth} deep. */
    public Map<String, Object> object(int depth) {
        Map<String, Object> fields = new LinkedHashMap<>();
        int size = random.nextInt(5);
        for (int i = 0; i < size; i++) {
            fields.put(NAMES.get(random.nextInt(NAMES.size())), value(depth - 1));
        }
        return fields;
    }

    private Object value(int depth) {
        return switch (random.nextInt(depth > 0 ? 9 : 6)) {
            case 0 -> random.nextBoolean();
            case 1 -> random.nextLong();
            case 2 -> (long) random.nextInt(100) - 50;
            case 3 -> random.nextInt(1000) / 8.0 + 0.0625;
            case 4, 5 -> TEXTS.get(random.nextInt(TEXTS.size()));
            case 6 -> list(depth);
            default -> object(depth);
        };
    }

    private List<Object> list(int depth) {
        List<Object> items = new ArrayList<>();
        int size = random.nextInt(4);
        for (int i = 0; i < size; i++) {
            items.add(value(depth - 1));
        }
        return items;
    }
}
