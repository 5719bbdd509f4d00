// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who watches what, by prefix, so that a change wakes only those it concerns. Guarded by the lock of {@link History}.
 *
 * <p>How the prefixes of a key are found among thousands: the greatest prefix that is not after the key either is a prefix
 * of it, or differs from it at some character, and then only what is before that character can hold further ones.
 *
 * <p>For the key {@code /pods/a/x} among {@code /pods/}, {@code /pods/a/}, {@code /pods/a/b}, {@code /services/}: the greatest
 * not after it is {@code /pods/a/b}, which shares {@code /pods/a/} with it. The greatest not after that is {@code
 * /pods/a/} itself, a hit. The greatest not after {@code /pods/a} is {@code /pods/}, a hit. The greatest not after {@code
 * /pods} does not exist, and the search has ended after four steps.
 */
final class Audiences {
    private final NavigableMap<String, Audience> byPrefix = new TreeMap<>();

    Audience join(String prefix, Cursor cursor, long revision) {
        Audience audience = byPrefix.computeIfAbsent(prefix, _ -> new Audience(revision));
        audience.join(cursor);
        return audience;
    }

    void leave(String prefix, Cursor cursor) {
        Audience audience = byPrefix.get(prefix);
        if (audience != null && audience.leave(cursor)) {
            byPrefix.remove(prefix);
        }
    }

    /** Tells all audiences of {@code key} that it changes, and adds them to {@code told}. */
    void changed(String key, long revision, Set<Audience> told) {
        Map.Entry<String, Audience> candidate = byPrefix.floorEntry(key);
        while (candidate != null) {
            String prefix = candidate.getKey();
            int shared = sharedLength(prefix, key);
            if (shared == prefix.length()) {
                candidate.getValue().changedAt(revision);
                told.add(candidate.getValue());
                candidate = byPrefix.lowerEntry(prefix);
            } else {
                candidate = byPrefix.floorEntry(key.substring(0, shared));
            }
        }
    }

    Collection<Audience> all() {
        return byPrefix.values();
    }

    private static int sharedLength(String a, String b) {
        int end = Math.min(a.length(), b.length());
        int i = 0;
        while (i < end && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i;
    }
}
