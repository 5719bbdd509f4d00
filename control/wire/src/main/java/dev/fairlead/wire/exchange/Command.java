// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.exchange;

import java.util.List;

/**
 * What a client wants to run in a container.
 *
 * @param words the program and its arguments, at least one
 * @param input whether the client will say something; else the program's input is empty
 * @param terminal whether the program gets a terminal
 */
public record Command(List<String> words, boolean input, boolean terminal) {
    public Command {
        words = List.copyOf(words);
    }
}
