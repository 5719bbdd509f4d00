// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.loading;

import dev.fairlead.junit.ClusterOptions;
import dev.fairlead.junit.FairleadCluster;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The clusters that are open in this JVM. {@link #HERE} is the one static of Fairlead: the JVM's resolver of names has no
 * caller whom it could be given by, and the server's classes are to be loaded once. At the end of the JVM what is still open is
 * closed, and named with the place where it was started.
 */
public final class OpenClusters {
    /** Those of this JVM. */
    public static final OpenClusters HERE = new OpenClusters();

    /** Names that are taken, and where by. */
    private final Map<String, String> startedAt = new LinkedHashMap<>();

    /** Names that were ever given to clusters that did not ask for them: addresses of dead ones are remembered by the JVM. */
    private final Set<String> given = new HashSet<>();

    private final Map<String, Engine.Running> open = new LinkedHashMap<>();
    private volatile @Nullable Engine engine;
    private int count;

    private OpenClusters() {}

    /** Starts one and keeps it in mind until it is closed. */
    public FairleadCluster start(ClusterOptions options) {
        String place = place();
        return start(options, claim(options.name(), place));
    }

    /** The same; when the name is taken, its next is: {@code shop}, {@code shop-2} … */
    public FairleadCluster startNamedLike(ClusterOptions options) {
        String place = place();
        return start(options, claimLike(options.name(), place));
    }

    private FairleadCluster start(ClusterOptions options, String name) {
        Engine.Running cluster = null;
        Thread starter = Thread.currentThread();
        ClassLoader tests = starter.getContextClassLoader();
        try {
            // Threads of the server, and what its libraries look for, belong to its class loader.
            starter.setContextClassLoader(engine().getClass().getClassLoader());
            cluster = Handle.of(name, engine().start(options.withName(name), () -> forget(name)));
            remember(name, cluster);
            return cluster;
        } catch (IOException refused) {
            throw FairleadCluster.StartException.of(refused);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new FairleadCluster.StartException("interrupted while Fairlead was starting", stop);
        } finally {
            starter.setContextClassLoader(tests);
            if (cluster == null) {
                forget(name);
            }
        }
    }

    private synchronized String claim(String wanted, String place) {
        String name = wanted.isEmpty() ? "c" + ++count : wanted;
        String other = startedAt.putIfAbsent(name, place);
        if (other != null) {
            throw new FairleadCluster.StartException(
                    "a cluster named \"" + name + "\" is open already, started at " + other
                            + "; close it, or choose another name",
                    null);
        }
        return name;
    }

    private synchronized String claimLike(String wanted, String place) {
        String name = wanted;
        for (int number = 2; startedAt.containsKey(name) || given.contains(name); number++) {
            name = wanted + "-" + number;
        }
        given.add(name);
        return claim(name, place);
    }

    private synchronized void remember(String name, Engine.Running started) {
        open.put(name, started);
    }

    private synchronized void forget(String name) {
        open.remove(name);
        startedAt.remove(name);
    }

    /** Closes one that was started here; {@code when} completes "closed since", for those who use it afterwards. */
    public void close(FairleadCluster cluster, String when) {
        Handle.close(cluster, when);
    }

    /** Those that are open, the oldest first. */
    public synchronized List<Engine.Running> all() {
        return List.copyOf(open.values());
    }

    /** The one of that name, or null. */
    public synchronized Engine.@Nullable Running named(String name) {
        return open.get(name);
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
        Map<String, String> places;
        synchronized (this) {
            places = new LinkedHashMap<>(startedAt);
        }
        all().forEach(leaked -> {
            System.err.println("Fairlead: the cluster \"" + leaked.name() + "\", started at "
                    + places.get(leaked.name()) + ", was never closed");
            leaked.close();
        });
        Engine loaded = engine;
        if (loaded != null) {
            loaded.close();
        }
    }

    /** Where a method of this library was called from. */
    public static String place() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.filter(frame -> !isOurs(frame.getDeclaringClass()))
                        .findFirst()
                        .map(frame -> frame.toStackTraceElement().toString())
                        .orElse("somewhere"));
    }

    private static boolean isOurs(Class<?> type) {
        return Proxy.isProxyClass(type)
                || type.getClassLoader() instanceof EngineLoader
                || type.getProtectionDomain().equals(OpenClusters.class.getProtectionDomain());
    }
}
