// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.loading;

import dev.fairlead.junit.ClusterOptions;
import dev.fairlead.junit.FairleadCluster;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The clusters that are open in this JVM. {@link #HERE} is the one static of Fairlead: the JVM's resolver of names has no
 * caller whom it could be given by, and the server's classes are to be loaded once. At the end of the JVM what is still open is
 * closed, and named with the place where it was started.
 */
public final class OpenClusters {
    /** Those of this JVM. */
    public static final OpenClusters HERE = new OpenClusters();

    private record Open(Engine.Running cluster, String startedAt) {}

    private final Map<String, Open> open = new LinkedHashMap<>();
    private volatile @Nullable Engine engine;
    private int count;

    private OpenClusters() {}

    /** Starts one and keeps it in mind until it is closed. */
    public FairleadCluster start(ClusterOptions options) {
        String name = claim(options.name());
        String startedAt = place();
        try {
            Engine.Running cluster = engine().start(options.withName(name), () -> forget(name));
            remember(name, new Open(cluster, startedAt));
            return cluster;
        } catch (IOException refused) {
            throw FairleadCluster.StartException.of(refused);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new FairleadCluster.StartException("interrupted while Fairlead was starting", stop);
        }
    }

    private synchronized String claim(String wanted) {
        if (wanted.isEmpty()) {
            return "c" + ++count;
        }
        Open other = open.get(wanted);
        if (other != null) {
            throw new FairleadCluster.StartException(
                    "a cluster named \"" + wanted + "\" is open already, started at " + other.startedAt()
                            + "; close it, or choose another name",
                    null);
        }
        return wanted;
    }

    private synchronized void remember(String name, Open started) {
        open.put(name, started);
    }

    private synchronized void forget(String name) {
        open.remove(name);
    }

    /** Those that are open, the oldest first. */
    public synchronized List<Engine.Running> all() {
        return open.values().stream().map(Open::cluster).toList();
    }

    /** The one of that name, or null. */
    public synchronized Engine.@Nullable Running named(String name) {
        Open found = open.get(name);
        return found == null ? null : found.cluster();
    }

    private synchronized Engine engine() throws IOException {
        Engine loaded = engine;
        if (loaded == null) {
            loaded = load();
            engine = loaded;
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::end));
        }
        return loaded;
    }

    private static Engine load() throws IOException {
        EngineLoader loader = new EngineLoader(Source.here(), OpenClusters.class.getClassLoader());
        try {
            return Class.forName(Engine.NAME, true, loader)
                    .asSubclass(Engine.class)
                    .getConstructor()
                    .newInstance();
        } catch (InvocationTargetException failed) {
            throw new IOException("the server's classes do not start: " + failed.getCause(), failed);
        } catch (ReflectiveOperationException | LinkageError incomplete) {
            throw new IOException(
                    "the server's classes cannot be loaded (is this JVM older than 25?): " + incomplete, incomplete);
        }
    }

    private void end() {
        List<Open> left;
        synchronized (this) {
            left = new ArrayList<>(open.values());
        }
        left.forEach(leaked -> {
            System.err.println("Fairlead: the cluster \"" + leaked.cluster().name() + "\", started at "
                    + leaked.startedAt() + ", was never closed");
            leaked.cluster().close();
        });
        Engine loaded = engine;
        if (loaded != null) {
            loaded.close();
        }
    }

    /** Where a method of this library was called from. */
    public static String place() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !frame.getClassName().startsWith("dev.fairlead.junit.")
                                || frame.getClassName().endsWith("Test"))
                        .findFirst()
                        .map(frame -> frame.toStackTraceElement().toString())
                        .orElse("somewhere"));
    }
}
