// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.audit;

import dev.fairlead.apiserver.observe.Visit;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.metrics.Sample;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes audit events to a file. A file that has grown too large is put aside as {@code NAME.1}, the one before as {@code
 * NAME.2} and so on; the oldest goes.
 */
public final class AuditLog implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AuditLog.class.getName());
    private static final int WAITING = 20_000;
    private static final long PATIENCE_SECONDS = 5;

    private final Settings settings;
    private final Time time;
    private final ArrayBlockingQueue<AuditEvent> waiting = new ArrayBlockingQueue<>(WAITING);
    private final LongAdder told = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final Thread writer;
    private volatile boolean closed;

    /**
     * What is written where.
     *
     * @param largest bytes of one file
     * @param kept how many files are kept besides the one that is written
     */
    public record Settings(Path file, AuditPolicy policy, long largest, int kept) {
        /** Files of 100 MiB, ten of them kept. */
        public Settings(Path file, AuditPolicy policy) {
            this(file, policy, 100L << 20, 10);
        }
    }

    /**
     * Starts to write.
     *
     * @throws IOException when the file cannot be written
     */
    public AuditLog(Settings settings, Time time) throws IOException {
        this.settings = settings;
        this.time = time;
        Path folder = settings.file().toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        OutputStream out = open();
        this.writer = Thread.ofVirtual().name("audit-log").start(() -> write(out));
    }

    /** Shows its numbers. */
    public void show(Metrics metrics) {
        metrics.counter(
                "apiserver_audit_event_total",
                "Requests told in the audit log.",
                List.of(),
                () -> List.of(new Sample(List.of(), told.sum())));
        metrics.counter(
                "apiserver_audit_error_total",
                "Requests that could not be told in the audit log.",
                List.of("plugin"),
                () -> List.of(new Sample(List.of("log"), dropped.sum())));
    }

    private OutputStream open() throws IOException {
        return Files.newOutputStream(settings.file(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Tells of an answered request, as much as the policy wants. Never waits. */
    public void tell(Visit visit, Reply reply) {
        AuditPolicy.Level level = settings.policy().level(visit);
        if (level == AuditPolicy.Level.NONE) {
            return;
        }
        Instant now = time.now();
        Instant received = now.minus(Duration.ofNanos(time.nanos() - visit.began()));
        String id = visit.request().headers().getOrDefault("audit-id", "");
        String named = id.isEmpty() ? UUID.randomUUID().toString() : id;
        if (!waiting.offer(new AuditEvent(level, visit, reply, received, now, named))) {
            dropped.increment();
        }
    }

    private void write(OutputStream first) {
        List<AuditEvent> batch = new ArrayList<>();
        try (Rotating out = new Rotating(first)) {
            while (!closed || !waiting.isEmpty()) {
                AuditEvent event = waiting.poll(200, TimeUnit.MILLISECONDS);
                if (event != null) {
                    batch.add(event);
                    waiting.drainTo(batch, 500);
                    out.write(batch);
                    batch.clear();
                }
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } catch (IOException full) {
            LOG.log(Level.ERROR, "the audit log cannot be written: " + full.getMessage());
        }
    }

    /** The file that is written, and how large it is. */
    private final class Rotating implements AutoCloseable {
        private OutputStream out;
        private long size;

        Rotating(OutputStream out) throws IOException {
            this.out = out;
            this.size = Files.size(settings.file());
        }

        void write(List<AuditEvent> events) {
            for (AuditEvent event : events) {
                try {
                    byte[] line = event.line();
                    if (size > 0 && size + line.length > settings.largest()) {
                        rotate();
                    }
                    out.write(line);
                    size += line.length;
                    told.increment();
                } catch (IOException | UncheckedIOException full) {
                    dropped.increment();
                    LOG.log(Level.WARNING, "an audit event is lost: " + full.getMessage());
                }
            }
        }

        private void rotate() throws IOException {
            out.close();
            for (int number = settings.kept(); number > 0; number--) {
                Path older = numbered(number);
                Path newer = number == 1 ? settings.file() : numbered(number - 1);
                if (Files.exists(newer)) {
                    Files.move(newer, older, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            if (settings.kept() == 0) {
                Files.deleteIfExists(settings.file());
            }
            out = open();
            size = 0;
        }

        private Path numbered(int number) {
            return settings.file().resolveSibling(settings.file().getFileName() + "." + number);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** Writes what waits, within five seconds. */
    @Override
    public void close() {
        closed = true;
        try {
            if (!writer.join(Duration.ofSeconds(PATIENCE_SECONDS))) {
                writer.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
