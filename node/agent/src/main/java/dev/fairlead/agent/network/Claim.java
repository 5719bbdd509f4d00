// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.kernel.namespace.Namespace;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An instance's hold on its block of addresses: a lock that dies with its process. An instance keeps its block over
 * restarts, because its objects have addresses out of it.
 */
public final class Claim implements AutoCloseable {
    private static final int NAMESPACES = 127;
    private static final int FIRST_LOOPBACK = 2;
    private static final int LAST_LOOPBACK = 254;

    private static final Own NONE_YET = new Own() {};

    private final Block block;
    private final FileChannel file;

    private Claim(Block block, FileChannel file) {
        this.block = block;
        this.file = file;
    }

    /**
     * The block that {@code remembered} (a file of the instance's own) names, or the first free one, remembered there.
     *
     * @param locks the folder of locks that all instances of this host share
     * @throws IOException when the block is in another instance's hands or the host has some of its addresses, or none is free
     */
    public static Claim take(Mode mode, Path locks, Path remembered) throws IOException {
        return take(mode, locks, remembered, NONE_YET);
    }

    /** What a process knows of blocks by itself. */
    public interface Own {
        /** Whether the process has the block of that number: to look at a lock that it has would lose it. */
        default boolean has(int number) {
            return false;
        }

        /** Whether it had it before, and so has seen that nobody else lives there: looking takes some milliseconds. */
        default boolean had(int number) {
            return false;
        }
    }

    /**
     * The same in a process that takes several.
     *
     * @throws IOException when the block is in another instance's hands or the host has some of its addresses, or none is free
     */
    public static Claim take(Mode mode, Path locks, Path remembered, Own own) throws IOException {
        return switch (mode) {
            case LOOPBACK -> take(mode, locks, remembered, new HostListeners(), own);
            case KERNEL -> {
                try (Namespace host = Namespace.own()) {
                    yield take(mode, locks, remembered, HostRoutes.of(host), own);
                }
            }
            default -> take(mode, locks, remembered, Taken.NOTHING, own);
        };
    }

    static Claim take(Mode mode, Path locks, Path remembered, Taken taken) throws IOException {
        return take(mode, locks, remembered, taken, NONE_YET);
    }

    private static Claim take(Mode mode, Path locks, Path remembered, Taken taken, Own own) throws IOException {
        try {
            Files.createDirectories(locks);
            return takeIn(mode, locks, remembered, taken, own);
        } catch (AccessDeniedException denied) {
            throw new IOException(
                    "no block of addresses can be claimed: permission denied at " + denied.getFile()
                            + "; it should belong to the user who starts Fairlead: remove it, or point XDG_RUNTIME_DIR at"
                            + " a folder of your own",
                    denied);
        }
    }

    private static Claim takeIn(Mode mode, Path locks, Path remembered, Taken taken, Own own) throws IOException {
        boolean loopback = mode == Mode.LOOPBACK;
        if (Files.exists(remembered)) {
            int number = number(remembered);
            Claim claim = tryTake(loopback, number, locks);
            if (claim == null) {
                throw new IOException(
                        "another instance of Fairlead on this host uses the addresses of this data directory"
                                + " (block " + number + "); stop that one, or start with a new --data-dir");
            }
            Optional<String> conflict = taken.conflict(claim.block, NamespaceHouse.hostLink(claim.block));
            if (conflict.isPresent()) {
                claim.close();
                throw new IOException("the addresses of this data directory (block " + number + ") are in use: "
                        + conflict.get() + "; end that, or start with a new --data-dir");
            }
            return claim;
        }
        String passedOver = "";
        int last = loopback ? LAST_LOOPBACK : NAMESPACES - 1;
        for (int number = loopback ? FIRST_LOOPBACK : 0; number <= last; number++) {
            Claim claim = own.has(number) ? null : tryTake(loopback, number, locks);
            if (claim == null) {
                continue;
            }
            Optional<String> conflict = own.had(number) ? Optional.empty() : taken.conflict(claim.block, "");
            if (conflict.isEmpty()) {
                Files.writeString(remembered, number + "\n");
                return claim;
            }
            claim.close();
            passedOver = "; " + conflict.get();
        }
        throw new IOException(
                "every block of addresses is taken, by an instance of Fairlead on this host or by others" + passedOver);
    }

    private static int number(Path remembered) throws IOException {
        try {
            return Integer.parseInt(Files.readString(remembered).strip());
        } catch (NumberFormatException garbage) {
            throw new IOException(
                    remembered + " should hold the number of an address block; delete it to get a new one", garbage);
        }
    }

    private static @Nullable Claim tryTake(boolean loopback, int number, Path locks) throws IOException {
        Path lock = locks.resolve((loopback ? "loopback-" : "block-") + number + ".lock");
        FileChannel file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = file.tryLock();
            if (held != null) {
                return new Claim(loopback ? Block.ofLoopback(number) : Block.ofNamespaces(number), file);
            }
        } catch (OverlappingFileLockException ours) {
            // another instance in this very process
        }
        file.close();
        return null;
    }

    /** The addresses. */
    public Block block() {
        return block;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
