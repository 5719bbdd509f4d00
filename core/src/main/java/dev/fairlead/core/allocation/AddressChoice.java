// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.allocation.AddressDecision.Grant;
import dev.fairlead.core.definition.AddressRange;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.LoadBalancerPool;
import dev.fairlead.core.definition.ObjectName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One decision about one Service. For each of its families, the first that can be had: the address it asks for by name; the
 * one it has, unless it now asks for another pool; one that it may share by its key; the next free one of the first pool,
 * by name, that is for it. An address that it has and may keep is not taken away because a wish cannot be met.
 */
final class AddressChoice {
    private final AddressLedger ledger;
    private final AddressClaim claim;
    private final Map<String, String> namespaceLabels;

    AddressChoice(AddressLedger ledger, AddressClaim claim, Map<String, String> namespaceLabels) {
        this.ledger = ledger;
        this.claim = claim;
        this.namespaceLabels = namespaceLabels;
    }

    AddressDecision decide() {
        List<Grant> grants = new ArrayList<>();
        List<Lack> lacks = new ArrayList<>();
        claim.unreadable().forEach(text -> lacks.add(new Lack.Unreadable(text)));
        claim.wished().stream()
                .filter(address -> !claim.families().contains(address.family()))
                .forEach(address -> lacks.add(new Lack.OtherFamily(address)));
        if (!lacks.isEmpty()) {
            return new AddressDecision(kept(), lacks, true); // whoever asks for nonsense gets nothing else instead
        }
        boolean strict = claim.all();
        for (IpFamily family : claim.families()) {
            Grant kept = keptOf(family);
            Grant chosen = choose(family, kept, lacks);
            strict |= chosen == null && kept != null;
            Stream.ofNullable(chosen == null ? kept : chosen).forEach(grants::add);
        }
        boolean half = claim.all() && grants.size() < claim.families().size();
        return new AddressDecision(half ? kept() : grants, lacks, strict);
    }

    /** What it has and may keep. */
    List<Grant> kept() {
        return claim.families().stream()
                .flatMap(family -> Stream.ofNullable(keptOf(family)))
                .toList();
    }

    private @Nullable Grant keptOf(IpFamily family) {
        return Stream.concat(ledger.addresses(claim.service()).stream(), claim.held().stream())
                .filter(address -> address.family() == family)
                .filter(address -> conflict(address, null) == null) // a pool's new rules take nothing away
                .findFirst()
                .map(address -> grant(address, ledger.poolOf(address)))
                .orElse(null);
    }

    /** What it is to have; null, and a lack more, when that cannot be. */
    private @Nullable Grant choose(IpFamily family, @Nullable Grant kept, List<Lack> lacks) {
        IpAddress wish = claim.wish(family);
        if (wish != null) {
            if (kept != null && kept.address().equals(wish)) {
                return kept;
            }
            Lack lack = refusal(wish);
            if (lack != null) {
                lacks.add(lack);
                return null;
            }
            return grant(wish, ledger.poolOf(wish));
        }
        if (kept != null && (claim.pool().isEmpty() || claim.pool().equals(kept.pool()))) {
            return kept;
        }
        return automatic(family, lacks);
    }

    /** Why it cannot have an address it asks for, or null. */
    private @Nullable Lack refusal(IpAddress wish) {
        LoadBalancerPool pool = ledger.poolOf(wish);
        if (pool == null) {
            return new Lack.OutsidePools(wish);
        }
        String refusal = pool.refusal(namespaceLabels, claim.labels()).orElse(null);
        if (refusal == null && !claim.pool().isEmpty() && !claim.pool().equals(pool.name())) {
            refusal = "it asks for the LoadBalancerPool \"" + claim.pool() + "\" at the same time";
        }
        if (refusal != null) {
            return new Lack.PoolRefuses(wish, pool.name(), refusal);
        }
        return conflict(wish, pool);
    }

    /** Who stands in the way of its having the address, or null. */
    private Lack.@Nullable Taken conflict(IpAddress address, @Nullable LoadBalancerPool pool) {
        for (ObjectName holder : ledger.holders(address)) {
            AddressClaim other = ledger.claim(holder);
            if (other == null || holder.equals(claim.service())) {
                continue;
            }
            String why = claim.conflict(other);
            if (why == null && pool != null) {
                why = forbidden(pool, holder);
            }
            if (why != null) {
                return new Lack.Taken(address, holder, why);
            }
        }
        return null;
    }

    private @Nullable String forbidden(LoadBalancerPool pool, ObjectName holder) {
        return switch (pool.sharing()) {
            case NEVER -> "the LoadBalancerPool \"" + pool.name() + "\" has sharing Never";
            case SAME_NAMESPACE ->
                holder.namespace().equals(claim.service().namespace())
                        ? null
                        : "the LoadBalancerPool \"" + pool.name() + "\" has sharing SameNamespace";
            case ALL_NAMESPACES -> null;
        };
    }

    private @Nullable Grant automatic(IpFamily family, List<Lack> lacks) {
        List<LoadBalancerPool> pools = ledger.pools();
        if (!claim.pool().isEmpty()) {
            pools = pools.stream()
                    .filter(pool -> pool.name().equals(claim.pool()))
                    .toList();
            if (pools.isEmpty()) {
                lacks.add(new Lack.UnknownPool(claim.pool()));
                return null;
            }
        }
        if (pools.isEmpty()) {
            lacks.add(new Lack.NoPool());
            return null;
        }
        pools = pools.stream().filter(pool -> pool.has(family)).toList();
        if (pools.isEmpty()) {
            lacks.add(new Lack.NoPoolOfFamily(family));
            return null;
        }
        Map<String, String> refusals = new LinkedHashMap<>();
        List<LoadBalancerPool> fitting = new ArrayList<>();
        for (LoadBalancerPool pool : pools) {
            String refusal = pool.refusal(namespaceLabels, claim.labels()).orElse(null);
            if (refusal == null && !pool.autoAssign() && claim.pool().isEmpty()) {
                refusal = "it has autoAssign false and has to be asked for";
            }
            if (refusal == null) {
                fitting.add(pool);
            } else {
                refusals.put(pool.name(), refusal);
            }
        }
        if (fitting.isEmpty()) {
            lacks.add(new Lack.NoPoolMatches(family, refusals));
            return null;
        }
        Grant found = shared(family, fitting);
        found = found != null ? found : fresh(family, fitting);
        if (found == null) {
            lacks.add(new Lack.PoolsFull(
                    family, fitting.stream().map(LoadBalancerPool::name).toList()));
        }
        return found;
    }

    private @Nullable Grant shared(IpFamily family, List<LoadBalancerPool> pools) {
        if (claim.sharingKey().isEmpty()) {
            return null;
        }
        return ledger.sharedBy(claim.sharingKey()).stream()
                .filter(address -> address.family() == family)
                .flatMap(address -> pools.stream()
                        .filter(pool -> pool.contains(address) && conflict(address, pool) == null)
                        .map(pool -> grant(address, pool)))
                .findFirst()
                .orElse(null);
    }

    private @Nullable Grant fresh(IpFamily family, List<LoadBalancerPool> pools) {
        for (LoadBalancerPool pool : pools) {
            for (AddressRange range : pool.addresses()) {
                IpAddress address = range.family() == family ? ledger.next(range) : null;
                if (address != null) {
                    return grant(address, pool);
                }
            }
        }
        return null;
    }

    private Grant grant(IpAddress address, @Nullable LoadBalancerPool pool) {
        List<ObjectName> others = ledger.holders(address).stream()
                .filter(holder -> !holder.equals(claim.service()))
                .toList();
        return new Grant(address, pool == null ? null : pool.name(), others);
    }
}
