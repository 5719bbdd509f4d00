// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A store whose commits below a prefix can be held up, and of which one can overflow the stack. */
final class GatedStore extends PassingStore {
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch visited = new CountDownLatch(1);
    private final AtomicBoolean overflows = new AtomicBoolean();
    private volatile String shut = "";

    GatedStore(Store real) {
        super(real);
    }

    /** From now on commits that touch keys below {@code prefix} wait for {@link #open}. */
    void shut(String prefix) {
        shut = prefix;
    }

    /** Whether somebody came to the shut gate, within half a minute. */
    boolean awaitVisitor() throws InterruptedException {
        return visited.await(30, TimeUnit.SECONDS);
    }

    /** For good. */
    void open() {
        opened.countDown();
    }

    /** The next commit of a namespace overflows the stack. */
    void overflow() {
        overflows.set(true);
    }

    /** Puts past the server. */
    void put(String key, byte[] value) throws ConflictException {
        super.commit(List.of(Write.put(key, value, Expect.any())));
    }

    @Override
    public long commit(List<Write> writes) throws ConflictException {
        if (touches(writes, "/registry/namespaces/") && overflows.getAndSet(false)) {
            throw new StackOverflowError();
        }
        if (!shut.isEmpty() && touches(writes, shut)) {
            visited.countDown();
            try {
                opened.await();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }
        return super.commit(writes);
    }

    private static boolean touches(List<Write> writes, String prefix) {
        return writes.stream().anyMatch(write -> write.key().startsWith(prefix));
    }
}
