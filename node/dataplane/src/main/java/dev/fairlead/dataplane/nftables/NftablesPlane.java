// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Difference;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.Binding;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dataplane.layout.Datagrams;
import dev.fairlead.dataplane.layout.Layout;
import dev.fairlead.dataplane.layout.Operation;
import dev.fairlead.dataplane.layout.Room;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.layout.Slot;
import dev.fairlead.dataplane.relay.Traffic;
import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.conntrack.Conntrack;
import dev.fairlead.kernel.conntrack.Flow;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Element;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.NamedSet;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import dev.fairlead.kernel.process.SocketHolder;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries traffic by one nftables table of a network namespace.
 *
 * <p>The first table that is applied is compared with what an earlier life left: where its chains are ours, only elements
 * that differ are changed, so established connections, clients held by affinity and counters do not notice a restart; where
 * they are not (another version, other settings), the whole table is made anew, {@link Making}. From then on each apply
 * is the difference between two tables, one transaction, acknowledged by the kernel. Closing leaves everything as it is:
 * traffic goes on. {@link #remove} takes it away.
 *
 * <p>The table is owned by this process where the kernel can do that (Linux 6.9), so that nobody flushes it by accident;
 * elsewhere a {@link Guard} repairs it.
 */
public final class NftablesPlane implements DataPlane {
    private static final System.Logger LOG = System.getLogger(NftablesPlane.class.getName());

    private final Nftables nftables;
    private final Conntrack conntrack;
    private final Table table;
    private final Ruleset.Options options;
    private final Transaction transaction;
    private @Nullable RouteTable last;
    private @Nullable Layout layout;
    private Fill fill = new Fill(Set.of());
    private final Tally tally;
    private final Denials denials = new Denials();
    /** Of the kernel's nftables in this namespace, if nobody else has changed anything. */
    private int generation;

    /** By the last reading of the table. */
    private Found found = Found.NOTHING;

    private boolean closed;

    private NftablesPlane(Nftables nftables, Conntrack conntrack, Table table, Ruleset.Options options) {
        this.nftables = nftables;
        this.conntrack = conntrack;
        this.table = table;
        this.options = options;
        this.transaction = new Transaction(table);
        this.tally = new Tally(options.counting());
    }

    /**
     * A plane that works in a namespace; nothing is changed before the first table is applied.
     *
     * @param name of the nftables table; ours alone
     */
    public static NftablesPlane in(Namespace namespace, String name, Ruleset.Options options) {
        return in(Nftables.in(namespace), namespace, name, options);
    }

    /** The same through a way into the kernel of that namespace that is open; it is closed with the plane. */
    public static NftablesPlane in(Nftables nftables, Namespace namespace, String name, Ruleset.Options options) {
        try {
            Table shared = Table.shared(Family.INET, name);
            boolean owned = canOwn(nftables, name);
            refuseOthers(nftables, namespace, shared);
            return new NftablesPlane(
                    nftables, Conntrack.in(namespace), owned ? shared.ownedByMaker() : shared, options);
        } catch (KernelException refused) {
            nftables.close();
            throw refused;
        }
    }

    /** The same with a table that everybody with the privilege may change, as on kernels before 6.9; needs a {@link Guard}. */
    public static NftablesPlane shared(Namespace namespace, String name, Ruleset.Options options) {
        return shared(Nftables.in(namespace), Conntrack.in(namespace), name, options);
    }

    /** The same through ways into the kernel that are open; they are closed with the plane. */
    public static NftablesPlane shared(Nftables nftables, Conntrack conntrack, String name, Ruleset.Options options) {
        return new NftablesPlane(nftables, conntrack, Table.shared(Family.INET, name), options);
    }

    private static void refuseOthers(Nftables nftables, Namespace namespace, Table table) {
        int owner = nftables.owner(table.family(), table.name());
        if (owner != 0) {
            String who = SocketHolder.ofNetfilter(namespace, owner)
                    .map(SocketHolder::toString)
                    .orElse("a process that cannot be seen from here");
            throw new KernelException(
                    "use nftables table " + table.name(), Errno.EPERM, "it is owned by " + who + "; end that first");
        }
    }

    private static boolean canOwn(Nftables nftables, String name) {
        Table probe = Table.shared(Family.INET, name + "-probe").ownedByMaker();
        try {
            nftables.commit(
                    "probe owned tables", new Transaction(probe).addTable().deleteTable());
            return true;
        } catch (KernelException e) {
            if (e.isPermission()) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public synchronized List<Problem> apply(RouteTable wanted) {
        RouteTable before = last;
        Layout from = layout;
        // until the kernel has acknowledged, what it holds is not known
        last = null;
        layout = null;
        Difference difference = before == null ? null : Difference.between(before, wanted);
        Layout now = before != null
                        && difference != null
                        && from != null
                        && before.settings().equals(wanted.settings())
                ? followOrTakeOver(from.plan(before, wanted, difference), wanted)
                : takeOver(wanted);
        last = wanted;
        layout = now;
        forgetMisled(wanted, touched(difference, wanted));
        return List.of();
    }

    /** Frontends of datagrams that are not what they were. */
    private static Set<Frontend> touched(@Nullable Difference difference, RouteTable wanted) {
        Set<Frontend> touched = new HashSet<>();
        Consumer<Entrance> touch = entrance -> {
            if (entrance.frontend().protocol() == Protocol.UDP) {
                touched.add(entrance.frontend());
            }
        };
        if (difference == null) {
            wanted.forEachEntrance(touch);
        } else {
            difference.added().forEach(touch);
            difference.changed().forEach(change -> touch.accept(change.after()));
            difference.removed().forEach(touch);
        }
        return touched;
    }

    private void forgetMisled(RouteTable wanted, Set<Frontend> touched) {
        if (touched.isEmpty()) {
            return;
        }
        Datagrams datagrams = new Datagrams(wanted, touched);
        for (Flow flow : conntrack.flows(Conntrack.UDP)) {
            if (datagrams.misled(tracked(flow))) {
                conntrack.forget(flow);
            }
        }
    }

    private static Datagrams.Tracked tracked(Flow flow) {
        return new Datagrams.Tracked(
                ip(flow.client()),
                ip(flow.asked()),
                flow.asked().getPort(),
                new Slot(ip(flow.answerer()), flow.answerer().getPort()),
                flow.masqueraded());
    }

    private static IpAddress ip(InetSocketAddress address) {
        return IpAddress.of(address.getAddress().getAddress());
    }

    /** A batch is refused whole when the table is not what it was left as, or nothing is known (ENOBUFS): so read it. */
    private Layout followOrTakeOver(Layout.Plan plan, RouteTable wanted) {
        try {
            return follow(plan, wanted);
        } catch (KernelException surprised) {
            LOG.log(
                    Level.WARNING,
                    "{0}; the table {1} is read again, and what differs is changed",
                    surprised.getMessage(),
                    table.name());
            return takeOver(wanted);
        }
    }

    private Layout follow(Layout.Plan plan, RouteTable wanted) {
        if (!fill.takes(plan.counts())) {
            return grow(plan.layout(), wanted);
        }
        if (!plan.operations().isEmpty()) {
            transaction.clear();
            plan.operations().forEach(new Draft(transaction, options.masquerade())::write);
            if (!nftables.takes(transaction)) {
                return grow(plan.layout(), wanted);
            }
            nftables.commit("program " + plan.operations().size() + " changes", transaction);
            generation++;
        }
        return plan.layout();
    }

    private Layout takeOver(RouteTable wanted) {
        generation = nftables.generation(); // before reading: what changes meanwhile is found at the next look
        Ruleset ruleset = Ruleset.of(wanted.settings(), options, Room.LITTLE);
        Optional<Table> there = nftables.table(table.family(), table.name());
        if (there.isPresent()) {
            Held held = Held.constantPart(nftables, table);
            if (held.has(ruleset)) {
                return adopt(held.withElements(nftables, table), ruleset, wanted);
            }
        }
        return replace(Layout.of(wanted, options.masquerade()), wanted, there.isPresent(), Map.of());
    }

    /** The same table made anew, with larger sets; clients that are held stay so. */
    private Layout grow(Layout laid, RouteTable wanted) {
        Map<String, List<Element.Timed>> filledByRules = new HashMap<>();
        for (NamedSet set : nftables.sets(table)) {
            if (set.dynamic() && set.content() instanceof NamedSet.Content.Data) { // counters begin anew
                filledByRules.put(set.name(), nftables.timedElements(table, set.name()));
            }
        }
        Layout.Plan all = Layout.of(wanted, options.masquerade(), laid.remembered());
        return replace(all, wanted, true, filledByRules);
    }

    private Layout replace(
            Layout.Plan plan, RouteTable wanted, boolean there, Map<String, List<Element.Timed>> filledByRules) {
        Ruleset ruleset = Ruleset.of(wanted.settings(), options, Room.forAll(plan.counts()));
        fill = new Fill(ruleset.sets());
        if (!fill.takes(plan.counts())) {
            throw new IllegalStateException(
                    "sets were made too small for " + plan.operations().size() + " elements");
        }
        if (there) {
            denials.see(nftables.counters(table));
        }
        generation += making().make(new Making.Whole(ruleset, plan.operations(), filledByRules), there);
        found = Found.DAMAGE;
        denials.end();
        return plan.layout();
    }

    /** Changes what differs, nothing else. */
    private Layout adopt(Held held, Ruleset ruleset, RouteTable wanted) {
        Layout.Plan plan = Layout.of(wanted, options.masquerade(), new Earlier(held, wanted, options.masquerade()));
        fill = new Fill(held.sets());
        if (!fill.takes(plan.counts())) {
            return grow(plan.layout(), wanted);
        }
        Map<String, Map<Held.Key, Element>> missing = new HashMap<>();
        ruleset.elements().forEach(fixed -> want(missing, fixed.set(), fixed.element()));
        transaction.clear().addTable();
        for (Operation operation : plan.operations()) {
            switch (operation) {
                case Operation.Put(String set, Element element) -> want(missing, set, element);
                case Operation.Hold hold -> {
                    Ruleset part = Ruleset.hold(hold, options.masquerade());
                    part.elements().forEach(fixed -> want(missing, fixed.set(), fixed.element()));
                    if (!held.hasChain(part.chains().getFirst().name())) {
                        part.chains().forEach(transaction::add);
                        part.rules().forEach(transaction::add);
                    }
                }
                case Operation.Remove remove -> throw new IllegalStateException("a new layout removes " + remove);
            }
        }
        held.elements()
                .forEach((set, elements) -> elements.forEach((key, element) -> {
                    Map<Held.Key, Element> wantedHere = missing.getOrDefault(set, Map.of());
                    if (element.equals(wantedHere.get(key))) {
                        wantedHere.remove(key);
                    } else if (!keptForLater(set, element, wantedHere.containsKey(key))) {
                        transaction.remove(set, element);
                    }
                }));
        missing.forEach((set, elements) -> elements.values().forEach(element -> transaction.put(set, element)));
        if (!nftables.takes(transaction)) {
            return grow(plan.layout(), wanted);
        }
        boolean different = transaction.size() > 1;
        if (table.owned() || different) {
            nftables.commit("take over nftables table " + table.name(), transaction);
            generation++;
        }
        generation += making().takeAway(making().next());
        found = different ? Found.DAMAGE : Found.ELSEWHERE;
        return plan.layout();
    }

    private Making making() {
        return new Making(nftables, table, options.masquerade());
    }

    private static void want(Map<String, Map<Held.Key, Element>> wanted, String set, Element element) {
        wanted.computeIfAbsent(set, any -> new HashMap<>()).put(Held.Key.of(element), element);
    }

    /** Classes of chains that affinity made: the chains stay, so may what leads to them. */
    private static boolean keptForLater(String set, Element element, boolean replaced) {
        return !replaced && element.verdict() != null && set.startsWith("classes");
    }

    @Override
    public synchronized List<Passed> passed() {
        RouteTable wanted = last;
        return closed || wanted == null ? List.of() : tally.read(set -> nftables.timedElements(table, set), wanted);
    }

    @Override
    public synchronized List<Denied> denied() {
        if (closed || last == null) {
            return List.of();
        }
        denials.see(nftables.counters(table));
        return denials.sums();
    }

    /** Connections of new flows only; what fails here, only the client knows. */
    @Override
    public List<Seen> seen(ObjectName service) {
        return passed().stream()
                .filter(passed -> passed.route().service().equals(service))
                .map(passed -> new Seen(passed.address(), passed.port(), Traffic.counted(passed.connections())))
                .toList();
    }

    @Override
    public String mode() {
        return "nftables";
    }

    /** Everything is where it is said to be. */
    @Override
    public List<Binding> bindings() {
        return List.of();
    }

    /** Whether others may change the table, so that somebody has to look after it: a {@link Guard}. */
    public boolean shared() {
        return !table.owned();
    }

    /** What {@link #repair} found. */
    public enum Found {
        /** Nobody else has changed anything in this namespace's nftables. */
        NOTHING,
        /** Somebody has, but not in our table. */
        ELSEWHERE,
        /** Somebody has changed our table; it is as it was. */
        DAMAGE,
        /** The plane is closed. */
        CLOSED
    }

    /**
     * Looks whether somebody else has changed the table since the last application, and puts right what is wrong. Costs some
     * 10 µs where nobody has changed anything of any table in the namespace, else a reading of the whole table.
     */
    public synchronized Found repair() {
        if (closed) {
            return Found.CLOSED;
        }
        RouteTable wanted = last;
        if (wanted == null || nftables.generation() == generation) {
            return Found.NOTHING; // after an application that failed, the next reads everything anyway
        }
        last = null;
        layout = null;
        Layout now = takeOver(wanted);
        last = wanted;
        layout = now;
        return found;
    }

    /** Takes the table away: from then on the kernel carries no Service. */
    public synchronized void remove() {
        last = null;
        layout = null;
        transaction.clear().delete(table);
        making().left().ifPresent(transaction::delete);
        nftables.commit("remove nftables table " + table.name(), transaction);
    }

    /** Lets go of the table, which stays. */
    @Override
    public synchronized void close() {
        closed = true;
        conntrack.close();
        nftables.close();
    }
}
