// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a text is JSON (RFC 8259), told in the words of Go's {@code encoding/json}, which clients of Kubernetes know.
 * Nothing is made of it. How deep it nests costs no stack: one bit a level tells objects from lists.
 */
final class JsonText {
    private static final int DEEPEST = 10_000;
    private static final int END = -1;

    /** What may come next. */
    private enum Next {
        VALUE,
        VALUE_OR_END,
        KEY,
        KEY_OR_END,
        AFTER_VALUE
    }

    private final byte[] text;
    private final BitSet objects = new BitSet();
    private int depth;
    private int at;
    private Next next = Next.VALUE;

    private JsonText(byte[] text) {
        this.text = text;
    }

    /** Why {@code text} cannot be read as a JSON object; nothing when it can, as {@code null} can too. */
    static List<String> notAnObject(byte[] text) {
        JsonText json = new JsonText(text);
        int first = json.peek();
        String wrong = json.scan();
        if (wrong == null && first != '{' && first != 'n') {
            String found = switch (first) {
                case '[' -> "array";
                case '"' -> "string";
                case 't', 'f' -> "bool";
                default -> "number";
            };
            wrong = "json: cannot unmarshal " + found + " into Go value of type map[string]interface {}";
        }
        return wrong == null ? List.of() : List.of(wrong);
    }

    /** Reads all of it; what is wrong first, or null. */
    private @Nullable String scan() {
        String wrong = null;
        while (wrong == null && !(next == Next.AFTER_VALUE && depth == 0 && peek() == END)) {
            int c = peek();
            at++;
            wrong = switch (next) {
                case VALUE -> value(c);
                case VALUE_OR_END -> c == ']' ? close() : value(c);
                case KEY -> key(c);
                case KEY_OR_END -> c == '}' ? close() : key(c);
                case AFTER_VALUE -> after(c);
            };
        }
        return wrong;
    }

    private @Nullable String value(int c) {
        next = Next.AFTER_VALUE;
        return switch (c) {
            case '{' -> open(c, true);
            case '[' -> open(c, false);
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(c);
            default -> invalid(c, "looking for beginning of value");
        };
    }

    private @Nullable String open(int c, boolean object) {
        next = object ? Next.KEY_OR_END : Next.VALUE_OR_END;
        objects.set(depth, object);
        return ++depth > DEEPEST ? invalid(c, "exceeded max depth") : null;
    }

    private @Nullable String close() {
        depth--;
        next = Next.AFTER_VALUE;
        return null;
    }

    private @Nullable String key(int c) {
        if (c != '"') {
            return invalid(c, "looking for beginning of object key string");
        }
        String wrong = string();
        if (wrong == null) {
            int colon = peek();
            at++;
            wrong = colon == ':' ? null : invalid(colon, "after object key");
        }
        next = Next.VALUE;
        return wrong;
    }

    private @Nullable String after(int c) {
        if (depth == 0) {
            return invalid(c, "after top-level value");
        }
        boolean object = objects.get(depth - 1);
        if (c == ',') {
            next = object ? Next.KEY : Next.VALUE;
            return null;
        }
        if (c == (object ? '}' : ']')) {
            return close();
        }
        return invalid(c, object ? "after object key:value pair" : "after array element");
    }

    private @Nullable String string() {
        while (true) {
            int c = take();
            if (c == '"') {
                return null;
            }
            if (c < ' ') {
                return invalid(c, "in string literal");
            }
            if (c == '\\') {
                int escape = take();
                if (escape == 'u') {
                    for (int i = 0; i < 4; i++) {
                        int digit = take();
                        if (Character.digit(digit, 16) < 0 || digit > 'f') {
                            return invalid(digit, "in \\u hexadecimal character escape");
                        }
                    }
                } else if ("bfnrt\\/\"".indexOf(escape) < 0) {
                    return invalid(escape, "in string escape code");
                }
            }
        }
    }

    private @Nullable String number(int first) {
        int c = first == '-' ? take() : first;
        if (!digit(c)) {
            return invalid(c, "in numeric literal");
        }
        if (c != '0') {
            digits();
        }
        if (look() == '.') {
            at++;
            if (!digit(look())) {
                return invalid(take(), "after decimal point in numeric literal");
            }
            digits();
        }
        if (look() == 'e' || look() == 'E') {
            at++;
            if (look() == '+' || look() == '-') {
                at++;
            }
            if (!digit(look())) {
                return invalid(take(), "in exponent of numeric literal");
            }
            digits();
        }
        return null;
    }

    private @Nullable String literal(String word) {
        for (int i = 1; i < word.length(); i++) {
            int c = take();
            if (c != word.charAt(i)) {
                return invalid(c, "in literal " + word + " (expecting '" + word.charAt(i) + "')");
            }
        }
        return null;
    }

    private void digits() {
        while (digit(look())) {
            at++;
        }
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    /** The next character that is no space, which stays. */
    private int peek() {
        while (look() == ' ' || look() == '\t' || look() == '\r' || look() == '\n') {
            at++;
        }
        return look();
    }

    private int look() {
        return at < text.length ? text[at] & 0xFF : END;
    }

    private int take() {
        int c = look();
        at++;
        return c;
    }

    private static String invalid(int c, String where) {
        return c == END ? "unexpected end of JSON input" : "invalid character " + quoted(c) + " " + where;
    }

    private static String quoted(int c) {
        return switch (c) {
            case '\'' -> "'\\''";
            case '\\' -> "'\\\\'";
            case '\n' -> "'\\n'";
            case '\r' -> "'\\r'";
            case '\t' -> "'\\t'";
            default -> c < ' ' || c == 0x7F ? String.format("'\\x%02x'", c) : "'" + (char) c + "'";
        };
    }
}
