// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.objects.Form;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Event;
import dev.fairlead.wire.json.Encoded.Item;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EncodingsTest {
    private final Encodings encodings = new Encodings();

    /** Objects as they are. */
    private record As(String shared) implements Form {
        @Override
        public String mediaType() {
            return "text/plain";
        }

        @Override
        public byte[] one(byte[] object, long revision) {
            return object.clone();
        }

        @Override
        public byte[] list(Map<String, Object> metadata, List<Item> items) {
            throw new AssertionError("no lists here");
        }

        @Override
        public byte[] watched(byte[] object, long revision) {
            return object.clone();
        }

        @Override
        public byte[] bookmark(Map<String, Object> metadata) {
            throw new AssertionError("no bookmarks here");
        }
    }

    private static Event.Put put(String key, long revision, int size) {
        return new Event.Put(new Entry(key, "x".repeat(size).getBytes(UTF_8), 1, revision), null);
    }

    private byte[] of(Event.Put event, String type, Form form) {
        return encodings.of(event, type, event.entry().value(), form);
    }

    @Test
    void theSameIsEncodedOnce() {
        byte[] first = of(put("a", 7, 10), "ADDED", new As("one"));
        assertThat(of(put("a", 7, 10), "ADDED", new As("one"))).isSameAs(first);
        assertThat(encodings.held()).isEqualTo(first.length);
    }

    @Test
    void anythingElseIsNot() {
        byte[] first = of(put("a", 7, 10), "ADDED", new As("one"));
        assertThat(of(put("b", 7, 10), "ADDED", new As("one"))).isNotSameAs(first);
        assertThat(of(put("a", 8, 10), "ADDED", new As("one"))).isNotSameAs(first);
        assertThat(of(put("a", 7, 10), "MODIFIED", new As("one"))).isNotSameAs(first);
        assertThat(of(put("a", 7, 10), "ADDED", new As("two"))).isNotSameAs(first);
        // Keys whose hash is the same lie in the same slot.
        byte[] one = of(put("Aa", 9, 10), "ADDED", new As("one"));
        assertThat(of(put("BB", 9, 10), "ADDED", new As("one"))).isNotSameAs(one);
        assertThat(of(put("Aa", 9, 10), "ADDED", new As(null))).isNotSameAs(one);
    }

    @Test
    void theyTakeABoundedNumberOfBytes() {
        long most = 0;
        for (int revision = 1; revision <= 5_000; revision++) {
            of(put("a", revision, 20_000), "ADDED", new As("one"));
            most = Math.max(most, encodings.held());
            assertThat(encodings.held()).isBetween(0L, (long) Encodings.LIMIT);
        }
        assertThat(most).as("it is used").isGreaterThan(Encodings.LIMIT - 21_000);
    }

    @Test
    void aLongOneIsNotKept() {
        of(put("a", 1, 10), "ADDED", new As("one"));
        long before = encodings.held();
        byte[] large = of(put("a", 2, Encodings.LONGEST), "ADDED", new As("one"));
        assertThat(encodings.held()).isEqualTo(before);
        assertThat(of(put("a", 2, Encodings.LONGEST), "ADDED", new As("one")))
                .isEqualTo(large)
                .isNotSameAs(large);
    }
}
