// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.cache;

import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Makes records of the objects of one kind for several informers of a process, so that they hold each of them once: who reads an
 * object in a version that another has read gets that one's record. It holds on to none of them itself. Any number of threads.
 *
 * @param <T> the records, which must never change
 */
public final class SharedRecords<T> implements Function<Tree, T> {
    private final Function<Tree, T> slim;
    private final Function<T, ObjectMeta> meta;
    private final ConcurrentHashMap<ObjectName, Known<T>> known = new ConcurrentHashMap<>();
    private final ReferenceQueue<T> forgotten = new ReferenceQueue<>();

    private static final class Known<T> extends WeakReference<T> {
        private final ObjectName name;

        Known(ObjectName name, T record, ReferenceQueue<T> forgotten) {
            super(record, forgotten);
            this.name = name;
        }
    }

    /**
     * Records of a kind.
     *
     * @param slim makes one
     * @param meta which object in which version it is of
     */
    public SharedRecords(Function<Tree, T> slim, Function<T, ObjectMeta> meta) {
        this.slim = slim;
        this.meta = meta;
    }

    @Override
    public T apply(Tree object) {
        T made = slim.apply(object);
        ObjectMeta version = meta.apply(made);
        if (version.resourceVersion() == 0 || version.uid().isEmpty()) {
            return made; // of no version: it may be anything
        }
        forget();
        ObjectName name = version.objectName();
        Known<T> mine = new Known<>(name, made, forgotten);
        Known<T> kept = known.compute(name, (_, other) -> {
            T before = other == null ? null : other.get();
            return other != null && before != null && same(meta.apply(before), version) ? other : mine;
        });
        T shared = kept.get();
        return shared == null ? made : shared; // nobody held it any more
    }

    private static boolean same(ObjectMeta one, ObjectMeta other) {
        return one.resourceVersion() == other.resourceVersion() && one.uid().equals(other.uid());
    }

    private void forget() {
        for (Reference<? extends T> gone = forgotten.poll(); gone != null; gone = forgotten.poll()) {
            if (gone instanceof Known<? extends T> entry) {
                known.remove(entry.name, entry);
            }
        }
    }

    /** How many records it knows; those that nobody holds any more are forgotten with the next that is made. */
    int size() {
        return known.size();
    }
}
