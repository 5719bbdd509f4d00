// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import dev.fairlead.cli.command.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 5s}, {@code 2m}, {@code 1h30m}, {@code 1.5h}. */
public final class Durations {
    private static final Pattern PART = Pattern.compile("\\G([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h)");

    private Durations() {}

    /**
     * The whole seconds of {@code text}, rounded up, at least 1.
     *
     * @param option who wants to know, for the message
     */
    public static long seconds(String option, String text) {
        Matcher part = PART.matcher(text);
        double seconds = 0;
        int end = 0;
        while (part.find()) {
            seconds += Double.parseDouble(part.group(1)) * unit(part.group(2));
            end = part.end();
        }
        if (end == 0 || end < text.length() || seconds <= 0) {
            throw new Failure(option + " " + text + ": a duration such as 30s, 5m or 1h30m is expected");
        }
        return (long) Math.ceil(seconds);
    }

    private static double unit(String unit) {
        return switch (unit) {
            case "ms" -> 0.001;
            case "m" -> 60;
            case "h" -> 3600;
            default -> 1;
        };
    }
}
