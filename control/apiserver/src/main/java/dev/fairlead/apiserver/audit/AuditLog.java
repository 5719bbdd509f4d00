// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.audit;

import dev.fairlead.apiserver.observe.Visit;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.metrics.Sample;
import dev.fairlead.wire.time.Time;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** Writes audit events to a file, several with one write when they come fast; see {@link AuditFile}. */
public final class AuditLog implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AuditLog.class.getName());
    /** How many bytes of memory the events hold that wait for the disk; what comes beyond is dropped. */
    private static final long WAITING = 32 << 20;
    /** Lines are gathered to about so many bytes while more events wait. */
    private static final int PIECE = 64 << 10;

    private static final long LOOK_MILLIS = 200;
    private static final long PATIENCE_SECONDS = 5;

    private final Settings settings;
    private final Time time;
    private final Function<byte[], Map<String, Object>> protobuf;
    private final Backlog waiting = new Backlog(WAITING);
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
     * @param protobuf reads what was sent in protobuf
     * @throws IOException when the file cannot be written
     */
    public AuditLog(Settings settings, Time time, Function<byte[], Map<String, Object>> protobuf) throws IOException {
        this.settings = settings;
        this.time = time;
        this.protobuf = protobuf;
        Path folder = settings.file().toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        AuditFile file = new AuditFile(settings.file(), settings.largest(), settings.kept());
        this.writer = Thread.ofVirtual().name("audit-log").start(() -> write(file));
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
        if (!waiting.offer(AuditEvent.of(level, named, visit, reply, received, now))) {
            dropped.increment();
        }
    }

    private void write(AuditFile file) {
        Lines lines = new Lines(file);
        try (file) {
            while (!closed || !waiting.isEmpty()) {
                AuditEvent event = waiting.poll(LOOK_MILLIS);
                if (event != null) {
                    lines.add(event);
                    waiting.done(event);
                    if (waiting.isEmpty()) {
                        lines.write();
                    }
                }
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } catch (IOException full) {
            LOG.log(Level.ERROR, "the audit log cannot be closed: " + full.getMessage());
        }
    }

    /** Lines on the way to the file. Whatever goes wrong with some, the next are written. */
    private final class Lines {
        private final AuditFile file;
        private ByteArrayOutputStream gathered = new ByteArrayOutputStream();
        private int count;

        Lines(AuditFile file) {
            this.file = file;
        }

        void add(AuditEvent event) {
            byte[] line;
            try {
                line = event.line(protobuf);
            } catch (RuntimeException | Error bug) {
                dropped.increment();
                LOG.log(Level.ERROR, "bug: the audit event " + event.id() + " is lost", bug);
                return;
            }
            long together = (long) gathered.size() + line.length;
            if (together > PIECE || !file.fits(together)) {
                write();
            }
            gathered.writeBytes(line);
            count++;
        }

        void write() {
            if (count == 0) {
                return;
            }
            try {
                file.write(gathered.toByteArray());
                told.add(count);
            } catch (IOException full) {
                dropped.add(count);
                LOG.log(Level.WARNING, count + " audit events are lost: " + full);
            } catch (RuntimeException | Error bug) {
                dropped.add(count);
                LOG.log(Level.ERROR, "bug: " + count + " audit events are lost", bug);
            }
            gathered = new ByteArrayOutputStream();
            count = 0;
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
