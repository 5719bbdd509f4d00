// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Handler;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.junit.engine.play.Troupe;
import dev.fairlead.wire.select.LabelSelector;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The ports of pods that declare none: those that Services aim at by number. Services that come later, or change, are heard of
 * from the first such pod on, and the pods listen there, too. Whoever waits for something ({@link Sight}) finds that done.
 */
final class Aims implements AutoCloseable {
    private final Time time;
    private @Nullable ApiClient client;
    private @Nullable Troupe troupe;
    private @Nullable Informer<ObjectName> services;
    private boolean closed;

    Aims(Time time) {
        this.time = time;
    }

    /** From now on there is a cluster to ask, and pods are played. */
    synchronized void begin(ApiClient asked, Troupe playing) {
        client = asked;
        troupe = playing;
    }

    /** The numbers for a pod, each once; none while the cluster is not there. */
    List<Integer> at(Tree pod) {
        ApiClient asked = heard();
        return asked == null ? List.of() : new Look(asked).at(pod);
    }

    /** Who is asked; from the first time on, changes are heard of. */
    private synchronized @Nullable ApiClient heard() {
        if (client != null && services == null && !closed) {
            services = new Informer<>(
                    client, Resources.SERVICES, Selection.ALL, Directory::named, time, new SplittableRandom());
            services.handle(new Changes());
            services.start();
        }
        return client;
    }

    /** Has all pods that play, and declare no port, listen wherever Services aim by now. */
    void follow() {
        ApiClient asked;
        Troupe playing;
        synchronized (this) {
            asked = client;
            playing = troupe;
        }
        if (asked != null && playing != null) {
            playing.follow(new Look(asked)::at);
        }
    }

    /** The Services as they are, each namespace looked at once. */
    private static final class Look {
        private final ApiClient client;
        private final Map<String, List<Tree>> services = new HashMap<>();

        Look(ApiClient client) {
            this.client = client;
        }

        List<Integer> at(Tree pod) {
            Tree meta = pod.tree("metadata");
            Map<String, String> labels = meta.textMap("labels");
            return services.computeIfAbsent(meta.text("namespace", ""), this::list).stream()
                    .filter(spec -> !spec.textMap("selector").isEmpty()
                            && LabelSelector.of(spec.textMap("selector")).matches(labels))
                    .flatMap(spec -> spec.trees("ports").stream())
                    .filter(port -> port.text("protocol", "TCP").equals("TCP"))
                    .map(port -> port.value("targetPort") instanceof Long number ? number : port.value("port"))
                    .filter(Long.class::isInstance)
                    .map(number -> ((Long) number).intValue())
                    .distinct()
                    .sorted()
                    .toList();
        }

        private List<Tree> list(String namespace) {
            try {
                return client.list(Resources.SERVICES, Selection.in(namespace)).items().stream()
                        .map(service -> service.tree("spec"))
                        .toList();
            } catch (IOException unanswered) {
                return List.of();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return List.of();
            }
        }
    }

    private final class Changes implements Handler<ObjectName> {
        @Override
        public void changed(ObjectName name, @Nullable ObjectName old, @Nullable ObjectName now, long revision) {
            // several that come together are looked at together
        }

        @Override
        public void reached(long revision) {
            follow();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (services != null) {
            services.close();
        }
    }
}
