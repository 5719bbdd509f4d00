// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.sockets;

import dev.fairlead.dataplane.hooks.HookMaps;
import dev.fairlead.dataplane.hooks.HookPrograms;
import dev.fairlead.dataplane.hooks.Key;
import dev.fairlead.dataplane.hooks.Operation;
import dev.fairlead.kernel.bpf.BpfMap;
import dev.fairlead.kernel.bpf.LoadedProgram;
import dev.fairlead.kernel.bpf.Program;
import dev.fairlead.kernel.bpf.ProgramLink;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Maps of one size, and the programs that use them. */
final class Generation implements AutoCloseable {
    private final HookMaps sizes;
    private final Map<String, BpfMap> maps = new HashMap<>();
    private final List<LoadedProgram> programs = new ArrayList<>();
    private final Deque<ProgramLink> links = new ArrayDeque<>();

    private Generation(HookMaps sizes) {
        this.sizes = sizes;
    }

    /** Empty maps, and programs that do not run yet. */
    static Generation load(HookMaps sizes, HookPrograms programs, Collection<BpfMap> remembered) {
        Generation generation = new Generation(sizes);
        try {
            sizes.planned().forEach(spec -> generation.maps.put(spec.name(), BpfMap.create(spec)));
            List<BpfMap> all = new ArrayList<>(remembered);
            all.addAll(generation.maps.values());
            for (Program program : programs.all()) {
                generation.programs.add(LoadedProgram.load(program, all));
            }
            return generation;
        } catch (RuntimeException e) {
            generation.close();
            throw e;
        }
    }

    HookMaps sizes() {
        return sizes;
    }

    /** From now on the programs run. */
    void attach(Path cgroup) {
        programs.forEach(program -> links.push(ProgramLink.atCgroup(program, cgroup)));
    }

    /** What is alike and in a row goes as one batch. */
    void carryOut(List<Operation> operations) {
        int from = 0;
        while (from < operations.size()) {
            int to = from + 1;
            while (to < operations.size() && alike(operations.get(from), operations.get(to))) {
                to++;
            }
            batch(operations.subList(from, to));
            from = to;
        }
    }

    private static boolean alike(Operation one, Operation other) {
        return one.getClass() == other.getClass() && HookMaps.map(one.key()).equals(HookMaps.map(other.key()));
    }

    private void batch(List<Operation> operations) {
        BpfMap map = map(operations.getFirst().key());
        List<Map.Entry<byte[], byte[]>> puts = new ArrayList<>();
        List<byte[]> removes = new ArrayList<>();
        for (Operation operation : operations) {
            switch (operation) {
                case Operation.Put(var key, var value) ->
                    puts.add(Map.entry(HookMaps.bytes(key), HookMaps.bytes(key, value)));
                case Operation.Remove(var key) -> removes.add(HookMaps.bytes(key));
            }
        }
        map.putAll(puts);
        map.removeAll(removes);
    }

    private BpfMap map(Key key) {
        return map(HookMaps.map(key));
    }

    /** One of those that are planned. */
    BpfMap map(String name) {
        BpfMap map = maps.get(name);
        if (map == null) {
            throw new IllegalStateException("no map " + name);
        }
        return map;
    }

    /** The programs run no more. */
    @Override
    public void close() {
        links.forEach(ProgramLink::close);
        programs.forEach(LoadedProgram::close);
        maps.values().forEach(BpfMap::close);
    }
}
