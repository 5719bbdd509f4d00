// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Options of DNS in a file, a line each, as they are written on a command line; {@code #} begins a line that is none. The file
 * is looked at twice a second. What is wrong in it is told, and the choices before go on.
 */
final class SettingsFile implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final Path file;
    private final Time time;
    private final Consumer<DnsChoices> chosen;
    private final Consumer<String> told;
    private List<String> last;
    private boolean closed;

    /**
     * Looks at {@code file} from now on.
     *
     * @param chosen is given what the file says when it has become something else
     * @param told hears of it, a line each
     */
    SettingsFile(Path file, Time time, Consumer<DnsChoices> chosen, Consumer<String> told) {
        this.file = file;
        this.time = time;
        this.chosen = chosen;
        this.told = told;
        last = lines(file);
        time.schedule(INTERVAL, this::look);
    }

    /** What {@code file} says now. */
    static DnsChoices read(Path file) {
        return choices(file, lines(file));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new Failure("--dns-settings=" + file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private static DnsChoices choices(Path file, List<String> lines) {
        String[] words = lines.stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toArray(String[]::new);
        try {
            return CommandLine.populateCommand(new DnsOptions(), words).choices();
        } catch (ParameterException | Failure wrong) {
            throw new Failure("--dns-settings=" + file + ": " + wrong.getMessage(), wrong);
        }
    }

    private synchronized void look() {
        if (closed) {
            return;
        }
        try {
            List<String> now = lines(file);
            if (!now.equals(last)) {
                last = now;
                chosen.accept(choices(file, now));
                told.accept("settings   read again from " + file);
            }
        } catch (Failure wrong) {
            told.accept("settings   as before: " + wrong.getMessage());
        }
        time.schedule(INTERVAL, this::look);
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
