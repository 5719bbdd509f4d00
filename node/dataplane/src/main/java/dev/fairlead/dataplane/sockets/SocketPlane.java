// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.sockets;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.routes.Difference;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.Binding;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dataplane.hooks.HookLayout;
import dev.fairlead.dataplane.hooks.HookMaps;
import dev.fairlead.dataplane.hooks.HookPrograms;
import dev.fairlead.dataplane.hooks.Key;
import dev.fairlead.dataplane.hooks.Operation;
import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.bpf.BpfMap;
import dev.fairlead.kernel.namespace.Namespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Translates Service addresses when a process of a cgroup connects or sends, so that its packets go to the endpoint straight
 * away; all else is carried by the plane below, which gets every table first.
 *
 * <p>Links, programs and maps end with this object or with the process, however that ends: connections under way go on, since
 * nothing of them passes here, and new ones are carried by the plane below. Nothing is left behind and nothing is taken
 * over; the next life begins with empty maps. What a socket was told about its peer ends too: it then sees the endpoint.
 *
 * <p>While a plan is carried out some connects may still be led by the table before. A plan that is refused half-way is not
 * repaired: programs and maps are made anew with the next table.
 */
public final class SocketPlane implements DataPlane {
    /**
     * Whose sockets.
     *
     * @param cgroup its processes and those of groups below
     * @param node the node's namespace: connections from there are the node's own
     * @param others whether sockets of the cgroup in other namespaces are pods' of this node; else they are left alone
     * @param listeners addresses at which a program of ours answers; never translated
     */
    public record Options(Path cgroup, Namespace node, boolean others, Set<IpAddress> listeners) {}

    private final DataPlane below;
    private final Options options;
    private final HookPrograms programs;
    private final HookMaps first;
    private final List<BpfMap> remembered;
    private final MisledSockets misled;
    private final Connects connects = new Connects();
    private @Nullable Generation generation;
    private @Nullable RouteTable last;
    private @Nullable HookLayout layout;

    private SocketPlane(
            DataPlane below,
            Options options,
            HookPrograms programs,
            HookMaps first,
            List<BpfMap> remembered,
            MisledSockets misled) {
        this.below = below;
        this.options = options;
        this.programs = programs;
        this.first = first;
        this.remembered = remembered;
        this.misled = misled;
    }

    /**
     * A plane over another; no program runs before the first table is applied.
     *
     * @throws KernelException where the kernel does not take programs from this process: {@link Probe#socketHooks()} says why
     */
    public static SocketPlane over(DataPlane below, Options options) {
        return over(below, options, HookMaps.USUAL);
    }

    /** The same with maps of a size to begin with. */
    public static SocketPlane over(DataPlane below, Options options, HookMaps first) {
        HookPrograms programs = new HookPrograms(
                options.node().cookie(), options.others(), Probe.socketErrors().possible());
        List<BpfMap> remembered =
                HookMaps.remembered().stream().map(BpfMap::create).toList();
        BpfMap datagrams = remembered.stream()
                .filter(map -> map.spec().name().equals("datagrams"))
                .findFirst()
                .orElseThrow();
        return new SocketPlane(
                below,
                options,
                programs,
                first,
                remembered,
                new MisledSockets(options.cgroup(), options.node(), datagrams));
    }

    @Override
    public synchronized List<Problem> apply(RouteTable table) throws InterruptedException {
        List<Problem> problems = below.apply(table);
        RouteTable before = last;
        HookLayout from = layout;
        Generation current = generation;
        last = null; // until all is done, what the maps hold is not known
        if (before != null
                && from != null
                && current != null
                && before.settings().equals(table.settings())) {
            HookLayout.Plan plan = from.plan(before, table, Difference.between(before, table));
            layout = plan.layout();
            try {
                current.carryOut(plan.operations());
            } catch (KernelException e) {
                if (!isFull(e)) {
                    throw e;
                }
                begin(table, current.sizes().doubled());
            }
            if (plan.operations().stream().anyMatch(SocketPlane::endsDatagrams)) {
                endMisled();
            }
        } else {
            begin(table, current == null ? first : current.sizes());
            endMisled();
        }
        last = table;
        return problems;
    }

    private static boolean endsDatagrams(Operation operation) {
        return operation instanceof Operation.Remove(Key.Live _);
    }

    /** New maps and programs; while the old ones are gone and the new ones not there, the plane below carries. */
    private void begin(RouteTable table, HookMaps sizes) {
        HookLayout.Plan plan = HookLayout.of(table, new HookLayout.Options(options.listeners(), programs.refuses()));
        HookMaps enough = sizes;
        while (true) {
            Generation next = Generation.load(enough, programs, remembered);
            try {
                next.carryOut(plan.operations());
                if (generation != null) {
                    if (layout != null) {
                        connects.keep(generation.map("connects"), layout);
                    }
                    generation.close();
                }
                generation = next;
                next.attach(options.cgroup());
                layout = plan.layout();
                return;
            } catch (KernelException e) {
                next.close();
                if (!isFull(e)) {
                    throw e;
                }
                enough = enough.doubled();
            }
        }
    }

    private static boolean isFull(KernelException e) {
        return e.errno() == Errno.E2BIG;
    }

    private void endMisled() {
        if (generation != null) {
            misled.end(generation.map("live"));
        }
    }

    /** As the plane below. */
    @Override
    public String mode() {
        return below.mode();
    }

    @Override
    public List<Binding> bindings() {
        return below.bindings();
    }

    /** Connects that were translated, and what the plane below counts. */
    @Override
    public List<Passed> passed() {
        List<Passed> all = new ArrayList<>(below.passed());
        synchronized (this) {
            if (generation != null && layout != null) {
                all.addAll(connects.read(generation.map("connects"), layout));
            }
        }
        return Passed.added(all);
    }

    /** What the plane below has seen; connections that were translated are not counted. */
    @Override
    public List<Seen> seen(ObjectName service) {
        return below.seen(service);
    }

    /** As the plane below counts; connections that were refused at their sockets are not among them. */
    @Override
    public List<Denied> denied() {
        return below.denied();
    }

    @Override
    public long failures() {
        return below.failures();
    }

    @Override
    public List<Seen> failing(int most) {
        return below.failing(most);
    }

    /** The programs run no more, then the plane below is closed. */
    @Override
    public synchronized void close() {
        last = null;
        if (generation != null) {
            generation.close();
            generation = null;
        }
        remembered.forEach(BpfMap::close);
        below.close();
    }
}
