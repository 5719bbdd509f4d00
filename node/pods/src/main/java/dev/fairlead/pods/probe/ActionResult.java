// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

/**
 * What came of a probe or a hook.
 *
 * @param output what it said, for people; for a success possibly empty
 */
public record ActionResult(boolean success, String output) {
    static ActionResult failed(String output) {
        return new ActionResult(false, output);
    }

    static ActionResult failed(Exception trouble) {
        return failed(text(trouble));
    }

    static String text(Exception trouble) {
        String message = trouble.getMessage();
        return message == null ? trouble.getClass().getSimpleName() : message;
    }
}
