// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.client.ApiError;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A question to the cluster. What goes wrong with it is the test's failure. */
@FunctionalInterface
interface Asking<T extends @Nullable Object> {
    T ask() throws IOException, InterruptedException;

    /** The answer. */
    static <T extends @Nullable Object> T asking(Asking<T> question) {
        try {
            return question.ask();
        } catch (ApiError refused) {
            throw new AssertionError("the API refused: " + refused.getMessage(), refused);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", stop);
        }
    }
}
