// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.docs;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One command of a document.
 *
 * @param line where it stands, from 1
 * @param command as a shell takes it
 * @param shown what the document shows as its output; null where it shows none on purpose
 * @param networks the networks in which it works; empty for all
 */
record Step(
        Path document, int line, String command, @Nullable List<String> shown, Set<String> networks) {
    private static final Pattern STAYS = Pattern.compile("^\\./fairlead up\\b");
    private static final Pattern FOLLOWS = Pattern.compile("\\blogs\\b.* -f( |$)|\\bget\\b.* (-w|--watch)( |$)");
    private static final Pattern LOOKS = Pattern.compile(
            "^(kubectl|\\./fairlead)( -n \\S+)? (get|describe|explain|logs|rollout history|rollout status) ?.*"
                    + "|^(curl|dig|grep) .*");
    private static final Pattern REFUSAL = Pattern.compile(
            "^(error: |Error from server|fairlead: |The \\S+ .* is invalid|Service \\S+ does not work).*");

    /** Whether it goes on until the reader has seen enough and presses Ctrl-C. */
    boolean stays() {
        return STAYS.matcher(command).find();
    }

    /** Whether it shows what comes, without end. */
    boolean follows() {
        return FOLLOWS.matcher(command).find();
    }

    /** Whether it changes nothing, so that it may be repeated until what it shows has come about. */
    boolean looks() {
        return LOOKS.matcher(command).matches();
    }

    /** Whether the document shows that it fails. */
    boolean refused() {
        return shown != null
                && shown.stream().anyMatch(line -> REFUSAL.matcher(line).matches());
    }

    @Override
    public String toString() {
        return document + ":" + line + ": " + command;
    }
}
