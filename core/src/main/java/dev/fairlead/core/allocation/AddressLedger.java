// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.AddressRange;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.LoadBalancerPool;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.persistent.PersistentMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which Service has which address of which pool: an unchanging value, whose next version comes of a decision.
 *
 * <p>How it works: {@link #decide} answers for one Service from what all others have; {@link #settle} writes the answer
 * down. Whoever settled first has the address; a Service that changes so that it can no longer share one loses it, not the
 * other. What is settled is also in the Services' status, so that after a restart {@link #restored} finds it again, the
 * oldest Services first.
 *
 * <p>Free addresses are given from the bottom up, each once, before one is given again; then the one that was given back
 * longest ago. With the addresses 1 to 3, after a, b and c have them in this order and b and a gave theirs back: 2, then 1.
 * A restart forgets when addresses were given back, and goes on above the highest that is in use.
 */
public final class AddressLedger {
    /** How many addresses a search looks at before a pool counts as full. */
    private static final int MOST = 1 << 20;

    private final List<LoadBalancerPool> pools;
    private final PersistentMap<ObjectName, Settled> settled;
    private final PersistentMap<IpAddress, List<ObjectName>> holders;
    private final PersistentMap<String, List<IpAddress>> shared;
    /** When an address was given back, as a count; for those that nobody has. */
    private final PersistentMap<IpAddress, Long> returned;
    /** The highest address of a range that was ever given from it. */
    private final PersistentMap<IpAddress, IpAddress> marks;

    private final long clock;

    private record Settled(AddressClaim claim, List<IpAddress> addresses) {}

    private AddressLedger(
            List<LoadBalancerPool> pools,
            PersistentMap<ObjectName, Settled> settled,
            PersistentMap<IpAddress, List<ObjectName>> holders,
            PersistentMap<String, List<IpAddress>> shared,
            PersistentMap<IpAddress, Long> returned,
            PersistentMap<IpAddress, IpAddress> marks,
            long clock) {
        this.pools = pools;
        this.settled = settled;
        this.holders = holders;
        this.shared = shared;
        this.returned = returned;
        this.marks = marks;
        this.clock = clock;
    }

    /** Nobody has anything. */
    public static AddressLedger of(List<LoadBalancerPool> pools) {
        return new AddressLedger(
                sorted(pools),
                PersistentMap.empty(),
                PersistentMap.empty(),
                PersistentMap.empty(),
                PersistentMap.empty(),
                PersistentMap.empty(),
                0);
    }

    /**
     * What the statuses of Services say, once they have been made consistent.
     *
     * @param claims of all Services, those first that are to win where two have one address
     */
    public static AddressLedger restored(List<LoadBalancerPool> pools, List<AddressClaim> claims) {
        AddressLedger ledger = of(pools);
        for (AddressClaim claim : claims) {
            List<AddressDecision.Grant> kept = new AddressChoice(ledger, claim, Map.of()).kept();
            if (!kept.isEmpty()) {
                ledger = ledger.settle(claim, new AddressDecision(kept, List.of(), claim.all()));
            }
        }
        return ledger;
    }

    private static List<LoadBalancerPool> sorted(List<LoadBalancerPool> pools) {
        return pools.stream()
                .sorted(Comparator.comparing(LoadBalancerPool::name))
                .toList();
    }

    /** The same with other pools. Nobody loses anything by that. */
    public AddressLedger withPools(List<LoadBalancerPool> changed) {
        return new AddressLedger(sorted(changed), settled, holders, shared, returned, marks, clock);
    }

    /** Which addresses a Service gets, given the labels of its namespace. What it has is kept as long as it may be. */
    public AddressDecision decide(AddressClaim claim, Map<String, String> namespaceLabels) {
        return new AddressChoice(this, claim, namespaceLabels).decide();
    }

    /** The ledger in which the Service has what was decided, and nothing else. */
    public AddressLedger settle(AddressClaim claim, AddressDecision decision) {
        List<IpAddress> addresses = decision.addresses();
        Settled now = new Settled(claim, addresses);
        if (now.equals(settled.get(claim.service()))) {
            return this;
        }
        AddressLedger ledger = without(claim.service(), addresses);
        return addresses.isEmpty() ? ledger : ledger.with(now);
    }

    /** The ledger in which the Service has nothing. */
    public AddressLedger release(ObjectName service) {
        return without(service, List.of());
    }

    private AddressLedger with(Settled now) {
        PersistentMap<IpAddress, List<ObjectName>> holding = holders;
        PersistentMap<String, List<IpAddress>> sharing = shared;
        PersistentMap<IpAddress, Long> free = returned;
        PersistentMap<IpAddress, IpAddress> highest = marks;
        String key = now.claim.sharingKey();
        for (IpAddress address : now.addresses) {
            holding = holding.with(address, plus(holding.get(address, List.of()), now.claim.service()));
            free = free.without(address);
            if (!key.isEmpty()) {
                sharing = sharing.with(key, plus(sharing.get(key, List.of()), address));
            }
            Optional<IpAddress> range = rangeOf(address);
            if (range.isPresent()) {
                IpAddress mark = highest.get(range.get());
                if (mark == null || mark.compareTo(address) < 0) {
                    highest = highest.with(range.get(), address);
                }
            }
        }
        return new AddressLedger(pools, settled.with(now.claim.service(), now), holding, sharing, free, highest, clock);
    }

    /** Without a Service; addresses that it is going to have again do not count as given back. */
    private AddressLedger without(ObjectName service, List<IpAddress> again) {
        Settled before = settled.get(service);
        if (before == null) {
            return this;
        }
        PersistentMap<IpAddress, List<ObjectName>> holding = holders;
        PersistentMap<String, List<IpAddress>> sharing = shared;
        PersistentMap<IpAddress, Long> free = returned;
        long count = clock;
        String key = before.claim.sharingKey();
        for (IpAddress address : before.addresses) {
            List<ObjectName> left = minus(holding.get(address, List.of()), service);
            holding = left.isEmpty() ? holding.without(address) : holding.with(address, left);
            if (left.isEmpty() && !again.contains(address)) {
                free = free.with(address, count++);
            }
            boolean still = left.stream().anyMatch(other -> {
                AddressClaim claim = claim(other);
                return claim != null && claim.sharingKey().equals(key);
            });
            if (!key.isEmpty() && !still) {
                List<IpAddress> rest = minus(sharing.get(key, List.of()), address);
                sharing = rest.isEmpty() ? sharing.without(key) : sharing.with(key, rest);
            }
        }
        return new AddressLedger(pools, settled.without(service), holding, sharing, free, marks, count);
    }

    private static <T extends Comparable<T>> List<T> plus(List<T> list, T one) {
        TreeSet<T> all = new TreeSet<>(list);
        all.add(one);
        return List.copyOf(all);
    }

    private static <T> List<T> minus(List<T> list, T one) {
        return list.stream().filter(each -> !each.equals(one)).toList();
    }

    /** The range of a pool that has the address, by its first address. */
    private Optional<IpAddress> rangeOf(IpAddress address) {
        return pools.stream()
                .flatMap(pool -> pool.addresses().stream())
                .filter(range -> range.contains(address))
                .map(AddressRange::first)
                .findFirst();
    }

    /** The pools, by name. */
    public List<LoadBalancerPool> pools() {
        return pools;
    }

    /** Who has the address, by name. */
    public List<ObjectName> holders(IpAddress address) {
        return holders.get(address, List.of());
    }

    /** What a Service has. */
    public List<IpAddress> addresses(ObjectName service) {
        Settled known = settled.get(service);
        return known == null ? List.of() : known.addresses;
    }

    /** How many addresses of each pool Services have. */
    public Map<String, Long> assigned() {
        Map<String, Long> counts = new HashMap<>();
        for (IpAddress address : holders.keys()) {
            LoadBalancerPool pool = poolOf(address);
            if (pool != null) {
                counts.merge(pool.name(), 1L, Long::sum);
            }
        }
        return counts;
    }

    @Nullable
    LoadBalancerPool poolOf(IpAddress address) {
        return pools.stream().filter(pool -> pool.contains(address)).findFirst().orElse(null);
    }

    @Nullable
    AddressClaim claim(ObjectName service) {
        Settled known = settled.get(service);
        return known == null ? null : known.claim;
    }

    /** The addresses that Services with this sharing key have, in their order. */
    List<IpAddress> sharedBy(String key) {
        return shared.get(key, List.of());
    }

    /** The address that a range gives next, or null when all are in use. */
    @Nullable
    IpAddress next(AddressRange whole) {
        AddressRange range = whole.unasked();
        IpAddress mark = marks.get(whole.first());
        IpAddress from = mark == null || mark.compareTo(range.first()) < 0 ? range.first() : mark.plus(1);
        IpAddress fresh = scan(range, from, holders::get);
        if (fresh != null) {
            return fresh;
        }
        IpAddress best = null;
        long oldest = Long.MAX_VALUE;
        IpAddress at = range.first();
        for (long left = Math.min(range.size(), MOST); left > 0; left--, at = at.plus(1)) {
            long since = returned.get(at, -1L);
            if (holders.get(at) == null && since < oldest) {
                best = at;
                oldest = since;
            }
        }
        return best;
    }

    private static @Nullable IpAddress scan(
            AddressRange range, IpAddress from, Function<IpAddress, @Nullable List<ObjectName>> holders) {
        IpAddress at = from;
        for (int looked = 0; looked < MOST && range.contains(at); looked++, at = at.plus(1)) {
            if (holders.apply(at) == null) {
                return at;
            }
        }
        return null;
    }

    /** What every Service has, for those who show or test it. */
    public Map<ObjectName, List<IpAddress>> all() {
        Map<ObjectName, List<IpAddress>> all = new HashMap<>();
        settled.forEach((service, known) -> all.put(service, known.addresses));
        return all;
    }

    /** Every address in use, lowest first. */
    public List<IpAddress> used() {
        List<IpAddress> used = new ArrayList<>(holders.keys());
        used.sort(Comparator.naturalOrder());
        return used;
    }
}
