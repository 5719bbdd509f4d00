// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Bodies of requests and replies as value trees. */
final class Bodies {
    /** As much of an answer that is no Status as a message shows. */
    private static final int SHOWN = 300;

    private Bodies() {}

    static byte[] write(Object document) {
        return Json.write(document);
    }

    static Tree read(byte[] body) throws IOException {
        return read(body, 0, body.length, UnaryOperator.identity());
    }

    /** @param texts gives the same text for equal ones */
    static Tree read(byte[] body, int from, int to, UnaryOperator<String> texts) throws IOException {
        try {
            return new Tree(Json.readObject(body, from, to - from, texts).fields());
        } catch (SyntaxException notJson) {
            throw new IOException("the API answered what is no JSON object: " + notJson.getMessage(), notJson);
        }
    }

    /** The Status in an error's body; where it is none (a proxy's page, text) one with that text as message. */
    static Tree lenient(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        if (text.startsWith("{")) {
            try {
                return read(body);
            } catch (IOException notJson) {
                // shown as it is, below
            }
        }
        return text.isEmpty()
                ? Tree.EMPTY
                : new Tree(Map.of("message", text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text));
    }
}
