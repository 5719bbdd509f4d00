// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.routes.Because.Word;
import java.util.Arrays;
import java.util.List;

/**
 * What the constant rules refuse or discard, by reason and family. Each has a counter by name; it counts first packets only,
 * as rules see no others, and a client that tries again counts again.
 */
public record Denial(Reason reason, IpFamily family) {
    /** The reasons, and what is done for each. */
    public enum Reason {
        /** Nobody in the cluster could serve. */
        NO_ENDPOINTS(Word.NO_ENDPOINTS, true),
        /** A clusterIP, but none of its ports. */
        UNKNOWN_PORT(Word.UNKNOWN_PORT, true),
        /** Others could serve, but policy Local forbids. */
        NO_LOCAL_ENDPOINTS(Word.NO_LOCAL_ENDPOINTS, false),
        /** The client is in none of the source ranges. */
        SOURCE_NOT_ALLOWED(Word.SOURCE_NOT_ALLOWED, false),
        /** In a Service range, but no Service's. */
        UNUSED_SERVICE_ADDRESS(Word.UNUSED_SERVICE_ADDRESS, false);

        private final Word word;
        private final boolean refused;

        Reason(Word word, boolean refused) {
            this.word = word;
            this.refused = refused;
        }

        /** The reason as a verdict gives it. */
        public Word word() {
            return word;
        }

        /** Whether the client is told; else it gets no answer. */
        public boolean refused() {
            return refused;
        }
    }

    /** All there are. */
    public static final List<Denial> ALL = Maps.BOTH.stream()
            .flatMap(maps -> Arrays.stream(Reason.values()).map(reason -> new Denial(reason, maps.family())))
            .toList();

    /** Its counter's name: {@code no-endpoints4}. */
    public String counter() {
        return Maps.of(family)
                .named(reason.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    }
}
