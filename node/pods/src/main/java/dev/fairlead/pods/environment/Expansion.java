// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import java.util.Map;

/**
 * References to variables in commands, arguments and values: {@code $(NAME)} becomes the variable's value, stays as
 * written when there is no such variable, and {@code $$} is one dollar sign, so that {@code $$(NAME)} is {@code $(NAME)}.
 */
public final class Expansion {
    private Expansion() {}

    /** {@code text} with its references replaced. */
    public static String expand(String text, Map<String, String> variables) {
        int dollar = text.indexOf('$');
        if (dollar < 0) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length());
        int at = 0;
        while (dollar >= 0 && dollar + 1 < text.length()) {
            result.append(text, at, dollar);
            at = dollar + reference(text, dollar, variables, result);
            dollar = text.indexOf('$', at);
        }
        return result.append(text, at, text.length()).toString();
    }

    /** Appends what the reference at {@code dollar} stands for and gives the number of characters it took. */
    private static int reference(String text, int dollar, Map<String, String> variables, StringBuilder result) {
        char next = text.charAt(dollar + 1);
        if (next == '$') {
            result.append('$');
            return 2;
        }
        int close = next == '(' ? text.indexOf(')', dollar + 2) : -1;
        if (close < 0) {
            result.append('$');
            return 1;
        }
        String value = variables.get(text.substring(dollar + 2, close));
        result.append(value == null ? text.substring(dollar, close + 1) : value);
        return close + 1 - dollar;
    }
}
