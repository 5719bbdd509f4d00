// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.volume;

import dev.fairlead.pods.definition.Volume;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Gives tokens of a pod's service account, and newer ones as they age. */
@FunctionalInterface
public interface Tokens {
    /** Puts a token where the pod finds it. */
    interface Writing {
        /** Replaces the one before. */
        void write(String token) throws IOException;
    }

    /**
     * A token for {@code file}; from now on newer ones are written by {@code writing}.
     *
     * @return null when there is none yet; it is written as soon as there is one
     */
    @Nullable
    String keep(Path file, Volume.Token wanted, Writing writing);
}
