// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.dataplane.layout.Operation;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.kernel.nftables.Element;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a whole table anew: in one transaction, or, where the kernel does not take so much at once (a process without
 * privileges over the host), in parts that no packet meets before the last, which hooks the chains in.
 *
 * <p>How this works in parts: a table cannot be renamed, so where one is carrying already, a second one beside it, {@code
 * NAME-next}, is made and hooked in by the transaction that takes the first away; then the first is made anew, and takes
 * over in the same way. New connections follow the old routes until then and the new ones from then on. A process that dies
 * meanwhile leaves one table that carries, and what is half made is made anew by the next life.
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
     * Makes it. By then everything is written into {@code transaction}, which is tried first.
     *
     * @param there whether there is a table of that name
     * @return how many transactions it took
     */
    int make(Whole whole, Transaction transaction, boolean there) {
        Table next = next();
        boolean left = left().isPresent();
        transaction.clear().addTable();
        if (there) {
            transaction.deleteTable().addTable();
        }
        write(whole, new Draft(transaction, masquerade), whole.ruleset());
        if (left) {
            transaction.delete(next);
        }
        if (nftables.takes(transaction)) {
            nftables.commit("make nftables table " + table.name(), transaction);
            return 1;
        }
        int commits = 0;
        boolean carries = left && nftables.chains(next).stream().anyMatch(chain -> chain.hook() != null);
        if (there && !carries) {
            commits += load(next, whole, table);
        }
        commits += load(table, whole, there || left ? next : null);
        LOG.log(
                Level.INFO,
                "nftables table {0} was made by {1} transactions, as the kernel takes little at once from this process",
                table.name(),
                commits);
        return commits;
    }

    /** The other table, where an earlier life was ended before it took it away; it may be whole and carry. */
    Optional<Table> left() {
        Table next = next();
        return nftables.table(next.family(), next.name()).map(_ -> next);
    }

    private static void write(Whole whole, Draft draft, Ruleset ruleset) {
        draft.add(ruleset);
        whole.filledByRules().forEach((set, elements) -> elements.forEach(element -> draft.put(set, element)));
        whole.operations().forEach(draft::write);
    }

    /** @param instead is taken away when the other is hooked in */
    private int load(Table into, Whole whole, @Nullable Table instead) {
        String operation = "make nftables table " + into.name() + " in parts";
        Transaction part = new Transaction(into).addTable().deleteTable().addTable();
        int[] commits = {0};
        Draft draft = new Draft(part, masquerade, () -> {
            if (!nftables.takes(part, SPARE)) {
                nftables.commit(operation, part);
                part.clear();
                commits[0]++;
            }
        });
        write(whole, draft, whole.ruleset().inside());
        new Draft(part, masquerade).add(whole.ruleset().hooks());
        if (instead != null) {
            part.delete(instead);
        }
        nftables.commit(operation, part);
        return commits[0] + 1;
    }
}
