// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A map of the kernel, shared by programs and this process. Keys and values are bytes in the machine's order. An entry is
 * replaced as a whole: programs see the one before or the one after. Any thread may use it.
 *
 * <p>Refusals: ENOENT for a key that is not there, E2BIG for a map that is full, EPERM without CAP_BPF.
 */
public final class BpfMap implements AutoCloseable {
    private static final int MOST_AT_ONCE = 4096;

    private final MapSpec spec;
    private final int descriptor;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private BpfMap(MapSpec spec, int descriptor) {
        this.spec = spec;
        this.descriptor = descriptor;
    }

    /** Makes an empty map; it lives until it is closed and no program uses it any more. */
    public static BpfMap create(MapSpec spec) {
        boolean typed = spec.kind() == MapSpec.Kind.SOCKETS;
        int types = typed ? TypeInformation.load(spec.valueSize()) : -1;
        try (Arena arena = Arena.ofConfined()) {
            BpfCall call = BpfCall.of(BpfCall.MAP_CREATE, arena)
                    .number(0, spec.kind().number())
                    .number(4, spec.keySize())
                    .number(8, spec.valueSize())
                    .number(12, spec.size())
                    .number(16, spec.flags())
                    .name(28, spec.name());
            if (typed) {
                call.number(48, types).number(52, TypeInformation.KEY).number(56, TypeInformation.VALUE);
            }
            return new BpfMap(spec, call.require("create map " + spec.name()));
        } finally {
            if (typed) {
                TypeInformation.close(types);
            }
        }
    }

    public MapSpec spec() {
        return spec;
    }

    int descriptor() {
        if (!open.get()) {
            throw new IllegalStateException("map " + spec.name() + " is closed");
        }
        return descriptor;
    }

    /** The value of a key; of a map of sockets the key is a socket's descriptor. */
    public Optional<byte[]> lookup(byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(spec.valueSize(), 8);
            int result =
                    element(BpfCall.MAP_LOOKUP, arena, key).pointer(16, value).attempt();
            if (result == -Errno.ENOENT) {
                return Optional.empty();
            }
            check("look up in", result);
            return Optional.of(value.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** Puts or replaces an entry. */
    public void put(byte[] key, byte[] value) {
        checkLength(value, spec.valueSize());
        try (Arena arena = Arena.ofConfined()) {
            check(
                    "put into",
                    element(BpfCall.MAP_UPDATE, arena, key).bytes(16, value).attempt());
        }
    }

    /** Takes an entry away; false if there was none. */
    public boolean remove(byte[] key) {
        try (Arena arena = Arena.ofConfined()) {
            int result = element(BpfCall.MAP_DELETE, arena, key).attempt();
            if (result == -Errno.ENOENT) {
                return false;
            }
            check("remove from", result);
            return true;
        }
    }

    /** Puts or replaces many, in this order; where it is refused, those before are in. Linux 5.6. */
    public void putAll(List<Map.Entry<byte[], byte[]>> entries) {
        if (entries.size() == 1) { // half the cost of a batch
            put(entries.getFirst().getKey(), entries.getFirst().getValue());
            return;
        }
        for (int from = 0; from < entries.size(); from += MOST_AT_ONCE) {
            List<Map.Entry<byte[], byte[]>> some = entries.subList(from, Math.min(entries.size(), from + MOST_AT_ONCE));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment keys = arena.allocate((long) some.size() * spec.keySize(), 8);
                MemorySegment values = arena.allocate((long) some.size() * spec.valueSize(), 8);
                for (int i = 0; i < some.size(); i++) {
                    fill(keys, i, some.get(i).getKey(), spec.keySize());
                    fill(values, i, some.get(i).getValue(), spec.valueSize());
                }
                check(
                        "put " + some.size() + " entries into",
                        batch(BpfCall.MAP_UPDATE_BATCH, arena, keys, some.size())
                                .pointer(24, values)
                                .attempt());
            }
        }
    }

    /** Takes many away; all must be there. Linux 5.6. */
    public void removeAll(List<byte[]> keys) {
        for (int from = 0; from < keys.size(); from += MOST_AT_ONCE) {
            List<byte[]> some = keys.subList(from, Math.min(keys.size(), from + MOST_AT_ONCE));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment all = arena.allocate((long) some.size() * spec.keySize(), 8);
                for (int i = 0; i < some.size(); i++) {
                    fill(all, i, some.get(i), spec.keySize());
                }
                check(
                        "remove " + some.size() + " entries from",
                        batch(BpfCall.MAP_DELETE_BATCH, arena, all, some.size()).attempt());
            }
        }
    }

    /** The keys, in no order; whole only while nobody changes the map. */
    public List<byte[]> keys() {
        List<byte[]> keys = new ArrayList<>();
        byte @Nullable [] last = null;
        while (true) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment next = arena.allocate(spec.keySize(), 8);
                BpfCall call = BpfCall.of(BpfCall.MAP_NEXT_KEY, arena)
                        .number(0, descriptor())
                        .pointer(16, next);
                int result = (last == null ? call : call.bytes(8, last)).attempt();
                if (result == -Errno.ENOENT) {
                    return keys;
                }
                check("list keys of", result);
                last = next.toArray(ValueLayout.JAVA_BYTE);
                keys.add(last);
            }
        }
    }

    private BpfCall element(int command, Arena arena, byte[] key) {
        checkLength(key, spec.keySize());
        return BpfCall.of(command, arena).number(0, descriptor()).bytes(8, key);
    }

    private BpfCall batch(int command, Arena arena, MemorySegment keys, int count) {
        return BpfCall.of(command, arena).pointer(16, keys).number(32, count).number(36, descriptor());
    }

    private static void fill(MemorySegment into, int index, byte[] bytes, int size) {
        checkLength(bytes, size);
        MemorySegment.copy(bytes, 0, into, ValueLayout.JAVA_BYTE, (long) index * size, size);
    }

    private static void checkLength(byte[] bytes, int size) {
        if (bytes.length != size) {
            throw new IllegalArgumentException(bytes.length + " bytes where " + size + " belong");
        }
    }

    private void check(String operation, int result) {
        if (result < 0) {
            throw new KernelException(operation + " map " + spec.name(), -result);
        }
    }

    /** Lets go of it; programs that use it keep it. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            SystemCalls.close(descriptor);
        }
    }
}
