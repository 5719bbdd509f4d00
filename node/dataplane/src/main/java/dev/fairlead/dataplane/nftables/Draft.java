// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.dataplane.layout.Operation;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.kernel.nftables.Element;
import dev.fairlead.kernel.nftables.Transaction;

/**
 * Writes plans into a transaction.
 *
 * @param masquerade the mark's bit
 * @param written is told after each piece, the longest of which is a rule
 */
record Draft(Transaction transaction, int masquerade, Runnable written) {
    Draft(Transaction transaction, int masquerade) {
        this(transaction, masquerade, () -> {});
    }

    void write(Operation operation) {
        switch (operation) {
            case Operation.Put(String set, Element element) -> put(set, element);
            case Operation.Remove(String set, Element element) -> {
                transaction.remove(set, element);
                written.run();
            }
            case Operation.Hold hold -> add(Ruleset.hold(hold, masquerade));
        }
    }

    void add(Ruleset part) {
        part.sets().forEach(set -> {
            transaction.add(set);
            written.run();
        });
        part.counters().forEach(counter -> {
            transaction.addCounter(counter);
            written.run();
        });
        part.chains().forEach(chain -> {
            transaction.add(chain);
            written.run();
        });
        part.rules().forEach(rule -> {
            transaction.add(rule);
            written.run();
        });
        part.elements().forEach(fixed -> put(fixed.set(), fixed.element()));
    }

    private void put(String set, Element element) {
        transaction.put(set, element);
        written.run();
    }

    /** An element that rules had put. */
    void put(String set, Element.Timed element) {
        transaction.put(set, element);
        written.run();
    }
}
