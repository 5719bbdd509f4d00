// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import dev.fairlead.apiserver.objects.Form;
import dev.fairlead.store.Event;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest events as they are sent: the first watcher that needs one encodes it, and the others that see the object in the same
 * form send the same bytes. Any number of threads; two that come at once may both encode.
 */
final class Encodings {
    /** More than watchers who keep up are apart. A power of two. */
    private static final int KEPT = 1024;

    private final AtomicReferenceArray<@Nullable Kept> newest = new AtomicReferenceArray<>(KEPT);

    @SuppressWarnings("ArrayRecordComponent") // compared by its other parts, one by one
    private record Kept(Event event, String type, String form, byte[] bytes) {}

    /**
     * A whole watch event, encoded or remembered.
     *
     * @param event what happened
     * @param type what it is to the watcher
     * @param object the object that is shown, at the revision of the event
     */
    @SuppressWarnings("ReferenceEquality") // the very event: comparing what it holds would cost more than encoding it
    byte[] of(Event event, String type, byte[] object, Form form) {
        String shared = form.shared();
        if (shared == null) {
            return form.event(type, form.watched(object, event.revision()));
        }
        int slot = (Long.hashCode(event.revision()) * 31 + event.key().hashCode() + type.hashCode()) & (KEPT - 1);
        Kept kept = newest.get(slot);
        if (kept != null && kept.event == event && kept.type.equals(type) && kept.form.equals(shared)) {
            return kept.bytes;
        }
        byte[] bytes = form.event(type, form.watched(object, event.revision()));
        newest.set(slot, new Kept(event, type, shared, bytes));
        return bytes;
    }
}
