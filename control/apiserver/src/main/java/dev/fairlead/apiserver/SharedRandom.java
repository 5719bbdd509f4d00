// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import java.util.random.RandomGenerator;

/** A source of randomness for many threads. */
final class SharedRandom implements RandomGenerator {
    private final RandomGenerator source;

    SharedRandom(RandomGenerator source) {
        this.source = source;
    }

    @Override
    public synchronized long nextLong() {
        return source.nextLong();
    }
}
