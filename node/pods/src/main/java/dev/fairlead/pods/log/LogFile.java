// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The output of one process: the file it writes to ({@code 0.log}) and the pieces put aside, named by the place of their
 * first byte ({@code 0.log.10485760}). Safe for use by many threads.
 */
public final class LogFile {
    private static final int CHUNK = 64 << 10;
    private static final int SAMPLES = 4096;

    private final Path file;
    private final LogLimits limits;
    private final TreeMap<Long, Path> pieces = new TreeMap<>();
    /** Place to the moment at which everything before it had been written; ascending in both. */
    private final TreeMap<Long, Instant> seen = new TreeMap<>();

    private long base;
    private boolean complete;

    /** The log in {@code file}, with the pieces of an earlier life. */
    public LogFile(Path file, LogLimits limits) {
        this.file = file;
        this.limits = limits;
        findPieces();
    }

    /** The file that the process writes to. */
    public Path path() {
        return file;
    }

    /** Where the log ends now: the place of the next byte. */
    public synchronized long end() {
        return base + size();
    }

    /** The place of the first byte still kept. */
    public synchronized long first() {
        return pieces.isEmpty() ? base : pieces.firstKey();
    }

    /** Whether the process has ended, so that nothing will come any more. */
    public synchronized boolean complete() {
        return complete;
    }

    /** Says that the process has ended. */
    public synchronized void close() {
        complete = true;
    }

    /** Notes how far the log has come, and puts a piece aside when the file has grown too large. */
    public synchronized void look(Instant now) throws IOException {
        long end = end();
        if (seen.isEmpty() || seen.lastKey() < end) {
            seen.put(end, now);
            thin();
        }
        if (end - base >= limits.bytes()) {
            cut();
        }
    }

    /** The first place whose byte may have been written at {@code since} or later. */
    public synchronized long placeAt(Instant since) {
        long place = first();
        for (Map.Entry<Long, Instant> sample : seen.entrySet()) {
            if (!sample.getValue().isBefore(since)) {
                return place;
            }
            place = Math.max(place, sample.getKey());
        }
        return place;
    }

    /** About when the byte at {@code place} was written; {@code fallback} when nobody has looked since. */
    public synchronized Instant timeOf(long place, Instant fallback) {
        Map.Entry<Long, Instant> sample = seen.higherEntry(place);
        return sample == null ? fallback : sample.getValue();
    }

    /** Opens the file that the process writes to, for a reader that is to go on when the pod is removed meanwhile. */
    public FileChannel open() throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    /**
     * Reads from {@code place} on into {@code buffer}, never past the end; returns how many bytes.
     *
     * @param current what {@link #open} gave
     */
    public synchronized int read(long place, FileChannel current, ByteBuffer buffer) throws IOException {
        if (place >= base) {
            return Math.max(0, current.read(buffer, place - base));
        }
        Map.Entry<Long, Path> piece = pieces.floorEntry(place);
        if (piece == null) {
            return 0;
        }
        int read = read(piece.getValue(), place - piece.getKey(), buffer);
        if (read > 0) {
            return read;
        }
        Long next = pieces.higherKey(place);
        return read(next == null ? base : next, current, buffer);
    }

    /** The place at which the last {@code lines} lines begin. */
    public long tail(long lines, FileChannel current) throws IOException {
        long end = end();
        if (lines == 0) {
            return end;
        }
        long first = first();
        long at = end;
        long found = 0;
        while (at > first) {
            long from = Math.max(first, at - CHUNK);
            ByteBuffer chunk = ByteBuffer.allocate((int) (at - from));
            for (int read = 1; read > 0 && chunk.hasRemaining(); ) {
                read = read(from + chunk.position(), current, chunk);
            }
            for (int i = chunk.position() - 1; i >= 0; i--) {
                boolean ends = chunk.get(i) == '\n' && from + i != end - 1; // the last line's own end is none
                if (ends && ++found == lines) {
                    return from + i + 1;
                }
            }
            at = from;
        }
        return first;
    }

    /** Many samples become half as many: times of old lines need not be as exact. */
    private void thin() {
        if (seen.size() > SAMPLES) {
            boolean drop = false; // from the newest down, so that the newest stays
            for (var each = seen.descendingKeySet().iterator(); each.hasNext(); drop = !drop) {
                each.next();
                if (drop) {
                    each.remove();
                }
            }
        }
    }

    private void cut() throws IOException {
        Path piece = file.resolveSibling(file.getFileName() + "." + base);
        long copied = 0;
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel to = FileChannel.open(
                        piece,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (long size = from.size(); copied < size; size = from.size()) {
                copied += from.transferTo(copied, size - copied, to);
            }
            from.truncate(0); // the writer appends, so it goes on at the new end
        }
        pieces.put(base, piece);
        base += copied;
        while (pieces.size() >= limits.files()) {
            Files.deleteIfExists(pieces.pollFirstEntry().getValue());
        }
        seen.headMap(first()).clear();
    }

    private void findPieces() {
        String prefix = file.getFileName() + ".";
        List<Path> found = new ArrayList<>();
        try (Stream<Path> beside = Files.list(file.toAbsolutePath().getParent())) {
            beside.filter(path -> path.getFileName().toString().matches("\\Q" + prefix + "\\E[0-9]+"))
                    .forEach(found::add);
            for (Path piece : found) {
                long place = Long.parseLong(piece.getFileName().toString().substring(prefix.length()));
                pieces.put(place, piece);
                base = Math.max(base, place + Files.size(piece));
            }
        } catch (IOException unreadable) {
            // without the pieces there is still the file itself
            pieces.clear();
        }
    }

    private static int read(Path path, long at, ByteBuffer buffer) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return Math.max(0, channel.read(buffer, at));
        } catch (NoSuchFileException nothingYet) {
            return 0;
        }
    }

    private long size() {
        try {
            return Files.size(file);
        } catch (IOException nothingYet) {
            return 0;
        }
    }
}
