// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import dev.fairlead.apiserver.objects.Form;
import dev.fairlead.store.Event;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest events as they are sent: the first watcher that needs one encodes it, and the others that see the object in the same
 * form send the same bytes. Any number of threads; two that come at once may both encode.
 *
 * <p>What is kept is bounded in bytes and holds on to nothing of the store's, which has a bound of its own. When it is full it is
 * emptied: watchers who keep up are a few events apart, so all but those few would never be asked for again.
 */
final class Encodings {
    /** More than watchers who keep up are apart. A power of two. */
    private static final int KEPT = 1024;

    /** How many bytes are kept; passed by one event for a moment. */
    static final int LIMIT = 4 << 20;

    /** Longer ones are not kept: a few would empty the whole. */
    static final int LONGEST = LIMIT / 64;

    private final AtomicReferenceArray<@Nullable Kept> newest = new AtomicReferenceArray<>(KEPT);
    private final AtomicLong held = new AtomicLong();

    /** Found by what it is, not by the event itself, which holds on to two values of the store. */
    @SuppressWarnings("ArrayRecordComponent") // compared by its other parts, one by one
    private record Kept(long revision, String key, String type, String form, byte[] bytes) {
        boolean is(Event event, String type, String form) {
            return revision == event.revision()
                    && this.type.equals(type)
                    && this.form.equals(form)
                    && key.equals(event.key());
        }
    }

    /**
     * A whole watch event, encoded or remembered.
     *
     * @param event what happened
     * @param type what it is to the watcher
     * @param object the object that is shown, at the revision of the event
     */
    byte[] of(Event event, String type, byte[] object, Form form) {
        String shared = form.shared();
        if (shared == null) {
            return form.event(type, form.watched(object, event.revision()));
        }
        int slot = (Long.hashCode(event.revision()) * 31 + event.key().hashCode() + type.hashCode()) & (KEPT - 1);
        Kept kept = newest.get(slot);
        if (kept != null && kept.is(event, type, shared)) {
            return kept.bytes;
        }
        byte[] bytes = form.event(type, form.watched(object, event.revision()));
        if (bytes.length <= LONGEST) {
            keep(slot, new Kept(event.revision(), event.key(), type, shared, bytes));
        }
        return bytes;
    }

    /** How many bytes are kept now. */
    long held() {
        return held.get();
    }

    private void keep(int slot, Kept kept) {
        swap(slot, kept);
        if (held.get() > LIMIT) {
            for (int i = 0; i < KEPT; i++) {
                swap(i, null);
            }
        }
    }

    /** Whoever takes one out is who subtracts it, so that the sum is right however many are at it. */
    private void swap(int slot, @Nullable Kept kept) {
        Kept before = newest.getAndSet(slot, kept);
        held.addAndGet((kept == null ? 0 : kept.bytes.length) - (before == null ? 0 : before.bytes.length));
    }
}
