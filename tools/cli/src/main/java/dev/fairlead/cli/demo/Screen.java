// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;

/** Where the demonstration talks: lines that stay, and on a terminal one below them that is written anew again and again. */
public final class Screen {
    /** What every terminal shows without a break. */
    static final int WIDTH = 80;

    private static final String START_OF_EMPTY_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean terminal;
    private boolean unfinished;

    /**
     * Talks to {@code out}.
     *
     * @param terminal whether a line can be written anew; if not, each stays
     */
    public Screen(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Talks to {@code out}, and rewrites lines if that is a terminal. */
    public static Screen of(PrintWriter out) {
        // there may be none, depending on the JDK and on what the streams are
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        return new Screen(out, terminal && !"dumb".equals(System.getenv("TERM")));
    }

    /** A line that stays. */
    public synchronized void say(String line) {
        out.println(unfinished ? START_OF_EMPTY_LINE + line : line);
        out.flush();
        unfinished = false;
    }

    /** How things are now. */
    synchronized void now(String line) {
        if (!terminal) {
            say(line);
            return;
        }
        out.print(START_OF_EMPTY_LINE + line);
        out.flush();
        unfinished = true;
    }
}
