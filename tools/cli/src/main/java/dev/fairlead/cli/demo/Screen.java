// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;

/** Where the demonstration talks: lines that stay, and on a terminal one below them that is written anew again and again. */
public final class Screen {
    /** What every terminal shows without a break. */
    static final int WIDTH = 80;

    private static final String REST_OF_LINE = "\u001b[K"; // is emptied
    private static final String START_OF_EMPTY_LINE = "\r" + REST_OF_LINE;
    private static final String HOME = "\u001b[H";
    private static final String REST_OF_SCREEN = "\u001b[J"; // is emptied

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
        return new Screen(out, onTerminal());
    }

    /** Whether this process talks to a terminal on which lines can be written anew. */
    public static boolean onTerminal() {
        // there may be none, depending on the JDK and on what the streams are
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        return terminal && !"dumb".equals(System.getenv("TERM"));
    }

    /** What puts these lines in place of all that a terminal shows. */
    public static String whole(String lines) {
        return HOME + lines.replace("\n", REST_OF_LINE + "\n") + REST_OF_SCREEN;
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
