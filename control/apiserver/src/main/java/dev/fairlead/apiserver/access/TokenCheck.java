// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.wire.exchange.Request.User;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says whose a bearer token is. */
public interface TokenCheck {
    /**
     * What a token is worth.
     *
     * @param user null when it is worth nothing
     * @param audiences those of the audiences asked for that the token is for
     * @param problem why it is worth nothing; empty else
     */
    record Checked(@Nullable User user, List<String> audiences, String problem) {
        private static final Checked UNKNOWN = new Checked(null, List.of(), "invalid bearer token");

        /** Of a token that nobody of ours made. */
        public static Checked unknown() {
            return UNKNOWN;
        }

        /** Of a token that was good, or is good for others. */
        public static Checked refused(String problem) {
            return new Checked(null, List.of(), "invalid bearer token, " + problem);
        }
    }

    /**
     * Checks a token.
     *
     * @param audiences it must be for one of these; none given: for the API
     */
    Checked check(String token, List<String> audiences);
}
