// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.json.Json;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a page of a list ended: what a continue token says.
 *
 * @param revision the revision of all pages; -1 to go on with the newest state
 * @param from the key the next page begins with
 */
record Page(long revision, String from) {
    /** Reads a token. */
    static Page of(String token) {
        try {
            Tree tree = new Tree(Json.object(Base64.getUrlDecoder().decode(token)));
            long revision = tree.whole("rv", 0);
            String from = tree.text("start", "");
            if (revision != 0 && !from.isEmpty()) {
                return new Page(revision, from);
            }
        } catch (IllegalArgumentException | SyntaxException notOurs) {
            // said below
        }
        throw Refusal.badRequest("continue key is not valid: it must be the token of an earlier page, unchanged");
    }

    /** The token. */
    String token() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("v", "meta.k8s.io/v1");
        tree.put("rv", revision);
        tree.put("start", from);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(tree));
    }
}
