// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import dev.fairlead.core.explain.Nearness;
import java.util.Collection;
import java.util.Optional;

/** Which word somebody may have meant. */
public final class Nearest {
    private static final int SHOWN = 20;

    private Nearest() {}

    /**
     * {@code did you mean "ports"?}, or, when nothing is near, all that is known after {@code introduction}.
     *
     * @param introduction such as {@code "there are "}
     */
    public static String advice(String word, Collection<String> known, String introduction) {
        return of(word, known)
                .map(near -> "did you mean \"" + near + "\"?")
                .orElseGet(() -> introduction
                        + String.join(", ", known.stream().limit(SHOWN).toList())
                        + (known.size() > SHOWN ? " …" : ""));
    }

    /** The nearest of {@code known} that is near enough, as explanations find it too. */
    public static Optional<String> of(String word, Collection<String> known) {
        return Nearness.nearest(word, known);
    }
}
