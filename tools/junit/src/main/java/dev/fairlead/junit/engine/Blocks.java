// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.agent.network.Block;
import dev.fairlead.agent.network.Claim;
import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.cli.instance.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The blocks of addresses that clusters of this JVM have. Between processes a lock keeps them apart; but a process that opens
 * the file of a lock it has itself, and closes it again, has lost the lock.
 */
final class Blocks implements Claim.Own {
    private final Set<Integer> taken = new HashSet<>();
    private final Set<Integer> known = new HashSet<>();

    /** A block that is a cluster's until it is closed. */
    final class Taken implements AutoCloseable {
        private final Claim claim;

        private Taken(Claim claim) {
            this.claim = claim;
        }

        Block block() {
            return claim.block();
        }

        @Override
        public void close() throws IOException {
            release(claim);
        }
    }

    /**
     * The first block that nobody has.
     *
     * @param remembered a file of the cluster's own
     * @throws IOException when none is free
     */
    synchronized Taken take(Path remembered) throws IOException {
        Claim claim = Claim.take(Mode.LOOPBACK, DataDirectory.locks(), remembered, this);
        taken.add(claim.block().number());
        known.add(claim.block().number());
        return new Taken(claim);
    }

    @Override
    public synchronized boolean has(int number) {
        return taken.contains(number);
    }

    @Override
    public synchronized boolean had(int number) {
        return known.contains(number);
    }

    private synchronized void release(Claim claim) throws IOException {
        claim.close();
        taken.remove(claim.block().number());
    }
}
