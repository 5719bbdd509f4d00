// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.prepared;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.ZoneAnswers;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The prepared answers of one thread.
 *
 * <p>How this works: an answer is kept once its question was asked twice, so that names asked once (those of a flood, say)
 * push nothing out. Two tables: what is kept, and what is found in the older, goes into the younger; when that is full it
 * becomes the older one, and the one before is dropped with all that nobody asked for meanwhile.
 *
 * <pre>
 * web.shop A       asked once      remembered by its hash alone
 * web.shop A       asked again     answered the long way, kept
 * web.shop A       from now on     found; the version of (shop, web) is as it was: given
 *                  web changes     found; another version: answered the long way, kept in place of the former
 * </pre>
 */
public final class PreparedAnswers {
    private static final int SLOTS = 1 << 16; // a power of two
    private static final int PROBES = 16;
    private static final int MOST = 40_000; // answers of one table
    private static final int MOST_BYTES = 8 << 20;
    private static final int OVERHEAD = 100; // bytes of memory for an answer besides its own
    private static final int ASKED_ONCE = 1 << 17;

    private final ZoneAnswers zone;
    private final NameTable table;
    private final boolean search;
    private final int[] askedOnce = new int[ASKED_ONCE];
    private @Nullable Prepared[] older = new Prepared[SLOTS];
    private @Nullable Prepared[] younger = new Prepared[SLOTS];
    private int count;
    private int bytes;
    private int turn;

    /**
     * None yet.
     *
     * @param search whether the search path of pods is walked for them
     */
    public PreparedAnswers(ZoneAnswers zone, boolean search) {
        this.zone = zone;
        this.table = zone.table();
        this.search = search;
    }

    /** The answer to {@code query}, if it is prepared and still true. */
    public @Nullable Prepared find(PlainQuery query) {
        Prepared found = kept(query);
        return found != null && isTrue(found) ? found : null;
    }

    private @Nullable Prepared kept(PlainQuery query) {
        Prepared found = find(younger, query);
        if (found == null) {
            found = find(older, query);
            if (found != null && isTrue(found)) {
                put(found);
            }
        }
        return found;
    }

    private static @Nullable Prepared find(@Nullable Prepared[] slots, PlainQuery query) {
        for (int probe = 0; probe < PROBES; probe++) {
            Prepared slot = slots[query.hash() + probe & SLOTS - 1];
            if (slot == null || slot.answers(query)) {
                return slot;
            }
        }
        return null;
    }

    private boolean isTrue(Prepared prepared) {
        return table.version(prepared.basis().stripe()) == prepared.basis().version();
    }

    /** Whether {@code prepared} is for pods, too; it is not if their search path may lead further. */
    public boolean isForPods(Prepared prepared, PlainQuery query) {
        return !search || !prepared.isMissing() || (query.type() != RecordType.A && query.type() != RecordType.AAAA);
    }

    /** Writes the answer; how many bytes it has. */
    public int write(Prepared prepared, PlainQuery query, byte[] asked, byte[] out) {
        return prepared.write(query, asked, out, turn++, (int) table.serial());
    }

    /** What the answer that is about to be made will rest on; null when it is not to be kept. Ask before it is made. */
    public @Nullable Keeping prepare(PlainQuery query) {
        int slot = query.hash() & ASKED_ONCE - 1;
        if (askedOnce[slot] != query.hash() && kept(query) == null) {
            askedOnce[slot] = query.hash();
            return null;
        }
        DnsName name = query.name();
        OptionalInt stripe = zone.stripe(name);
        if (stripe.isEmpty()) {
            return null;
        }
        long version = table.version(stripe.getAsInt()); // before anything is looked up: a change meanwhile outdates it
        return zone.isWholeByItself(name) ? new Keeping(name, new Prepared.Basis(stripe.getAsInt(), version)) : null;
    }

    /** An answer that will be kept. */
    public record Keeping(DnsName name, Prepared.Basis basis) {}

    /** Keeps the answer to a query, whoever asked it: what a search path led to is a chain, and no chain is kept. */
    public void keep(PlainQuery query, Keeping keeping, byte[] answer, DnsMetrics.Tally tally) {
        Prepared prepared = Prepared.of(query, answer, keeping.basis, tally);
        if (prepared != null) {
            put(prepared);
        }
    }

    private void put(Prepared prepared) {
        if (count >= MOST || bytes >= MOST_BYTES) {
            older = younger;
            younger = new Prepared[SLOTS];
            count = 0;
            bytes = 0;
        }
        for (int probe = 0; probe < PROBES; probe++) {
            int at = prepared.hash() + probe & SLOTS - 1;
            Prepared slot = younger[at];
            if (slot == null || slot.isInPlaceOf(prepared)) {
                younger[at] = prepared;
                count += slot == null ? 1 : 0;
                bytes += prepared.length() + (slot == null ? OVERHEAD : -slot.length());
                return;
            }
        }
    }
}
