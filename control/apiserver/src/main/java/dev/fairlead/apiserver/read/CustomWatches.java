// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import dev.fairlead.store.Event;
import dev.fairlead.store.Watch;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The open watches of kinds that users define. Each shows objects as the definition said when it began; when that says
 * otherwise or is gone, it is ended, as in Kubernetes, and its client lists again. Any number of threads.
 */
final class CustomWatches {
    private final Supplier<Kinds> kinds;
    private final Set<Open> open = ConcurrentHashMap.newKeySet();

    CustomWatches(Supplier<Kinds> kinds) {
        this.kinds = kinds;
    }

    /** The same watch; of a kind that users define one that {@link #settle} may end. */
    Watch of(Resource resource, Watch watch) {
        if (resource.custom() == null) {
            return watch;
        }
        Open one = new Open(resource, watch);
        open.add(one);
        one.settle(); // the definition may have changed since the request was understood
        return one;
    }

    /** Ends those whose kind is not served any more as it was when they began. */
    void settle() {
        open.forEach(Open::settle);
    }

    private final class Open implements Watch {
        private final Resource resource;
        private final Watch watch;

        Open(Resource resource, Watch watch) {
            this.resource = resource;
            this.watch = watch;
        }

        void settle() {
            if (!resource.equals(kinds.get().byPlural(resource.group(), resource.version(), resource.plural()))) {
                close();
            }
        }

        @Override
        public List<Event> next(Duration timeout) throws InterruptedException {
            return watch.next(timeout);
        }

        @Override
        public List<Event> look() {
            return watch.look();
        }

        @Override
        public void ring(Runnable bell) {
            watch.ring(bell);
        }

        @Override
        public long revision() {
            return watch.revision();
        }

        @Override
        public void close() {
            open.remove(this);
            watch.close();
        }
    }
}
