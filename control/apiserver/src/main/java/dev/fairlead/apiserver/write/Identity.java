// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.wire.Timestamps;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes what only the server may make: uids, timestamps, generated names. */
public final class Identity {
    /** Consonants and digits that make no words and are not mistaken for each other. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private static final int SUFFIX = 5;
    private static final int LONGEST_BASE = 63 - SUFFIX;

    private final Time time;
    private final RandomGenerator random;

    /** @param random must be safe for use by many threads */
    public Identity(Time time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    /** Gives an object to be created its uid and creation time. */
    public void mark(Map<String, Object> metadata) {
        long high = random.nextLong() & ~0xf000L | 0x4000L;
        long low = random.nextLong() & ~(0xc0L << 56) | 0x80L << 56;
        metadata.put("uid", new UUID(high, low).toString());
        metadata.put("creationTimestamp", now());
    }

    /** Now, to the second, as objects say it. */
    String now() {
        return after(Duration.ZERO);
    }

    /** A time to come. */
    String after(Duration duration) {
        return Timestamps.seconds(time.now().plus(duration));
    }

    /** A name that begins with {@code base}. */
    String name(String base) {
        StringBuilder name = new StringBuilder(base.length() > LONGEST_BASE ? base.substring(0, LONGEST_BASE) : base);
        for (int i = 0; i < SUFFIX; i++) {
            name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return name.toString();
    }
}
