// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One reading of /proc/pid/stat (proc_pid_stat(5)).
 *
 * @param name the file name of the program, at most 15 bytes
 * @param state R, S, D, Z …
 * @param parent pid of the parent
 * @param group the process group
 * @param session the session, the pid of its leader
 * @param startTime in clock ticks since boot, field 22; with the pid it identifies a process until the next boot
 */
public record ProcessStatus(long pid, String name, char state, long parent, long group, long session, long startTime) {

    /** Empty when there is no such process (any more). */
    public static Optional<ProcessStatus> of(long pid) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "stat"));
            return Optional.of(parse(new String(bytes, StandardCharsets.ISO_8859_1)));
        } catch (IOException _) {
            // ENOENT before the open, ESRCH after it: gone either way
            return Optional.empty();
        }
    }

    /** The processes of a session that still run: all that a {@link Child} has started, unless they left its session. */
    public static List<ProcessStatus> session(long leader) {
        List<ProcessStatus> members = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                of(Long.parseLong(entry.getFileName().toString()))
                        .filter(process -> process.session == leader && !process.isZombie())
                        .ifPresent(members::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return members;
    }

    /** Ended, and only waiting for its parent to ask for the exit code. */
    public boolean isZombie() {
        return state == 'Z' || state == 'X';
    }

    static ProcessStatus parse(String line) {
        // the name may hold spaces and parentheses: the last closing one ends it
        int open = line.indexOf('(');
        int close = line.lastIndexOf(')');
        String[] after = line.substring(close + 2).split(" ", -1); // field 3 is after[0]
        return new ProcessStatus(
                Long.parseLong(line.substring(0, open - 1)),
                line.substring(open + 1, close),
                after[0].charAt(0),
                Long.parseLong(after[1]),
                Long.parseLong(after[2]),
                Long.parseLong(after[3]),
                Long.parseLong(after[19]));
    }
}
