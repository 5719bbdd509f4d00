// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.log;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All logs of this node: {@code <namespace>_<pod>_<uid>/<container>/<attempt>.log}. While processes run, their files
 * are looked at once a second, for {@link LogFile#look}.
 */
public final class Logs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Logs.class.getName());
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Path directory;
    private final LogLimits limits;
    private final Time time;
    private final Map<Path, LogFile> files = new ConcurrentHashMap<>();
    private Time.@Nullable Timer timer;
    private boolean closed;

    /** Logs below {@code directory}. */
    public Logs(Path directory, LogLimits limits, Time time) {
        this.directory = directory;
        this.limits = limits;
        this.time = time;
    }

    /** The log of a container's process that starts, or that was found still running. */
    public LogFile open(ObjectName pod, String uid, String container, int attempt) throws IOException {
        Path file = path(pod, uid, container, attempt);
        Files.createDirectories(file.getParent());
        if (!Files.exists(file)) {
            Files.createFile(file); // so that a reader finds it before the first line
        }
        LogFile log = files.computeIfAbsent(file, path -> new LogFile(path, limits));
        schedule();
        return log;
    }

    /** The log of a container's process, running or ended; null when there is none. */
    public @Nullable LogFile find(ObjectName pod, String uid, String container, int attempt) {
        Path file = path(pod, uid, container, attempt);
        LogFile open = files.get(file);
        if (open == null && Files.exists(file)) {
            open = new LogFile(file, limits);
            open.close();
        }
        return open;
    }

    /** Says that a process has ended; only its log and the one before are kept. */
    public void ended(ObjectName pod, String uid, String container, int attempt) {
        LogFile log = files.remove(path(pod, uid, container, attempt));
        if (log != null) {
            look(log);
            log.close();
        }
        remove(path(pod, uid, container, attempt - 2));
    }

    /** Removes all logs of a pod. */
    public void remove(ObjectName pod, String uid) {
        Path folder = folder(pod, uid);
        files.keySet().removeIf(file -> file.startsWith(folder));
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException refused) {
            LOG.log(System.Logger.Level.DEBUG, "cannot remove {0}: {1}", folder, refused.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
        files.values().forEach(LogFile::close);
    }

    private synchronized void schedule() {
        if (timer == null && !closed) {
            timer = time.schedule(INTERVAL, this::lookAtAll);
        }
    }

    private void lookAtAll() {
        List.copyOf(files.values()).forEach(this::look);
        synchronized (this) {
            timer = null;
        }
        if (!files.isEmpty()) {
            schedule();
        }
    }

    private void look(LogFile log) {
        try {
            log.look(time.now());
        } catch (IOException refused) {
            LOG.log(System.Logger.Level.WARNING, "cannot put the log {0} aside: {1}", log.path(), refused.getMessage());
        }
    }

    private void remove(Path file) {
        String name = file.getFileName().toString();
        try (Stream<Path> beside = Files.list(file.getParent())) {
            for (Path path : beside.toList()) {
                String other = path.getFileName().toString();
                if (other.equals(name) || other.startsWith(name + ".")) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException refused) {
            LOG.log(System.Logger.Level.DEBUG, "cannot remove {0}: {1}", file, refused.getMessage());
        }
    }

    private Path folder(ObjectName pod, String uid) {
        return directory.resolve(pod.namespace() + "_" + pod.name() + "_" + uid);
    }

    private Path path(ObjectName pod, String uid, String container, int attempt) {
        return folder(pod, uid).resolve(container).resolve(attempt + ".log");
    }
}
