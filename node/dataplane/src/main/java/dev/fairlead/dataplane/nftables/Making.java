// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.dataplane.layout.Operation;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.kernel.nftables.Chain;
import dev.fairlead.kernel.nftables.Element;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a whole table anew while connections go on being made.
 *
 * <p>How this works: rules are bound to the state a packet met first, but what they look up they find in the state of the
 * moment. In a table that is deleted in the same transaction that makes the next, a packet that is between two lookups
 * misses in the maps, still hits in the plain sets, and is refused; one that is between two hooks passes both unseen. So where a
 * table carries already, a second one beside it, {@code NAME-next}, is made; then the first loses its hooks, and when no
 * packet can be in it any more, all else; then it is made anew, and takes over in the same way. A process that dies meanwhile
 * leaves a table that carries, and what is half made is made anew by the next life.
 *
 * <p>Where the kernel does not take so much at once (a process without privileges over the host), a table is made in parts
 * that no packet meets before the last, which hooks the chains in.
 *
 * @param masquerade the mark's bit
 */
record Making(Nftables nftables, Table table, int masquerade) {
    private static final System.Logger LOG = System.getLogger(Making.class.getName());
    /** More than the longest piece of a {@link Draft}, and the hooks, which go at once. */
    private static final long SPARE = 1 << 15;

    /**
     * All that is to be in the table.
     *
     * @param filledByRules what rules had put into sets, to be kept
     */
    record Whole(Ruleset ruleset, List<Operation> operations, Map<String, List<Element.Timed>> filledByRules) {}

    /** The table that carries while the other is made. */
    Table next() {
        Table next = Table.shared(table.family(), table.name() + "-next");
        return table.owned() ? next.ownedByMaker() : next;
    }

    /**
     * Makes it.
     *
     * @param there whether there is a table of that name
     * @return how many transactions it took
     */
    int make(Whole whole, boolean there) {
        boolean left = left().isPresent();
        boolean carries = left && !hooks(next()).isEmpty();
        int commits = 0;
        if (there && !carries) {
            commits += load(next(), whole);
        }
        commits += takeAway(table);
        commits += load(table, whole);
        return commits + takeAway(next());
    }

    /** The other table, where an earlier life was ended before it took it away; it may be whole and carry. */
    Optional<Table> left() {
        Table next = next();
        return nftables.table(next.family(), next.name()).map(_ -> next);
    }

    private List<String> hooks(Table of) {
        return nftables.chains(of).stream()
                .filter(chain -> chain.hook() != null)
                .map(Chain::name)
                .toList();
    }

    /** Takes a table away, if it is there, beside another that carries what packets this one does not meet any more. */
    int takeAway(Table gone) {
        if (nftables.table(gone.family(), gone.name()).isEmpty()) {
            return 0;
        }
        String operation = "take nftables table " + gone.name() + " away";
        int commits = 1;
        List<String> hooks = hooks(gone);
        if (!hooks.isEmpty()) {
            Nftables.awaitPackets(); // that do not know the other's hooks yet
            Transaction unhook = new Transaction(gone).addTable();
            hooks.forEach(unhook::deleteChain);
            nftables.commit(operation, unhook);
            Nftables.awaitPackets(); // that are in here still
            commits++;
        }
        nftables.commit(operation, new Transaction(gone).addTable().deleteTable());
        return commits;
    }

    private void write(Whole whole, Draft draft, Ruleset ruleset) {
        draft.add(ruleset);
        whole.filledByRules().forEach((set, elements) -> elements.forEach(element -> draft.put(set, element)));
        whole.operations().forEach(draft::write);
    }

    /** Makes a table that no packet meets yet, and hooks it in. */
    private int load(Table into, Whole whole) {
        String operation = "make nftables table " + into.name();
        Transaction all = empty(into).expecting(whole.operations().size());
        write(whole, new Draft(all, masquerade), whole.ruleset());
        if (nftables.takes(all)) {
            nftables.commit(operation, all);
            return 1;
        }
        Transaction part = empty(into);
        int[] commits = {0};
        Draft draft = new Draft(part, masquerade, () -> {
            if (!nftables.takes(part, SPARE)) {
                nftables.commit(operation + " in parts", part);
                part.clear();
                commits[0]++;
            }
        });
        write(whole, draft, whole.ruleset().inside());
        new Draft(part, masquerade).add(whole.ruleset().hooks());
        nftables.commit(operation + " in parts", part);
        LOG.log(
                Level.INFO,
                "nftables table {0} was made by {1} transactions, as the kernel takes little at once from this process",
                into.name(),
                commits[0] + 1);
        return commits[0] + 1;
    }

    private static Transaction empty(Table table) {
        return new Transaction(table).addTable().deleteTable().addTable();
    }
}
