// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Value trees for tests, written like YAML's flow style: {@code {ports: [{port: 80}], clusterIP: 'fd00::5'}}. */
public final class Flow {
    private final String text;
    private int at;

    private Flow(String text) {
        this.text = text;
    }

    /** Reads an object. */
    @SuppressWarnings("unchecked") // keys are strings
    public static Map<String, Object> of(String text) {
        return (Map<String, Object>) new Flow(text).value();
    }

    private Object value() {
        blanks();
        return switch (text.charAt(at)) {
            case '{' -> object();
            case '[' -> list();
            case '\'' -> quoted();
            default -> plain();
        };
    }

    private Map<String, Object> object() {
        Map<String, Object> map = new LinkedHashMap<>();
        at++;
        while (!end('}')) {
            Object key = value();
            blanks();
            if (text.charAt(at) != ':') {
                throw new IllegalArgumentException("':' expected at " + at + " of " + text);
            }
            at++;
            map.put(key.toString(), value());
        }
        return map;
    }

    private List<Object> list() {
        List<Object> list = new ArrayList<>();
        at++;
        while (!end(']')) {
            list.add(value());
        }
        return list;
    }

    private boolean end(char close) {
        blanks();
        if (text.charAt(at) == ',') {
            at++;
            blanks();
        }
        if (text.charAt(at) != close) {
            return false;
        }
        at++;
        return true;
    }

    private String quoted() {
        int close = text.indexOf('\'', at + 1);
        String value = text.substring(at + 1, close);
        at = close + 1;
        return value;
    }

    private Object plain() {
        int start = at;
        while (at < text.length() && ",:{}[]".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String value = text.substring(start, at).strip();
        if (value.matches("-?[0-9]+")) {
            return Long.valueOf(value);
        }
        return value.equals("true") || value.equals("false") ? (Object) Boolean.valueOf(value) : value;
    }

    private void blanks() {
        while (Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }
}
