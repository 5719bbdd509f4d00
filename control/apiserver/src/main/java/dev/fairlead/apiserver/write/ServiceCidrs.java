// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.core.allocation.ClusterIpBlocks;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ServiceCIDR objects, from whose blocks ClusterIPs come. Read from the store each time, decoded once for each
 * revision; the commit that reserves an address checks that the ServiceCIDR it came from is still as it was read, so no
 * address is given from one that ends.
 */
public final class ServiceCidrs {
    /** The one that shows the server's settings. */
    public static final String DEFAULT = "kubernetes";

    private final Store store;
    private final Resource resource;
    private volatile Map<String, Known> known = Map.of();

    /** @param resource the kind ServiceCIDR */
    public ServiceCidrs(Store store, Resource resource) {
        this.store = store;
        this.resource = resource;
    }

    /**
     * One ServiceCIDR.
     *
     * @param gives whether it is ready and not ending
     */
    record Known(String key, long revision, List<Cidr> blocks, boolean gives) {}

    /** What can be given now, and from where. */
    record Offer(List<Known> giving) {
        ClusterIpBlocks blocks(boolean rehearsal) {
            return new ClusterIpBlocks(
                    giving.stream().flatMap(one -> one.blocks().stream()).toList(), rehearsal);
        }

        /** Conditions under which these addresses may be given. */
        List<Write> conditions(List<IpAddress> addresses) {
            Map<String, Write> conditions = new LinkedHashMap<>();
            for (IpAddress address : addresses) {
                giving.stream()
                        .filter(one -> one.blocks().stream().anyMatch(block -> block.contains(address)))
                        .findFirst()
                        .ifPresent(one ->
                                conditions.put(one.key(), Write.check(one.key(), Expect.revision(one.revision()))));
            }
            return List.copyOf(conditions.values());
        }
    }

    Offer offer() {
        return new Offer(all().stream().filter(Known::gives).toList());
    }

    /** The blocks of all, also of those that give nothing now. */
    public List<Cidr> blocks() {
        return all().stream().flatMap(one -> one.blocks().stream()).toList();
    }

    private List<Known> all() {
        Map<String, Known> before = known;
        Map<String, Known> now = new LinkedHashMap<>();
        boolean changed = false;
        for (Entry entry : store.prefix(resource.prefix(""), 0, 0).entries()) {
            Known one = before.get(entry.key());
            if (one == null || one.revision() != entry.modRevision()) {
                one = read(entry);
                changed = true;
            }
            now.put(entry.key(), one);
        }
        if (changed || now.size() != before.size()) {
            known = now;
        }
        List<Known> all = new ArrayList<>(now.values());
        String first = resource.key("", DEFAULT);
        all.sort(Comparator.comparing((Known one) -> !one.key().equals(first)));
        return all;
    }

    private static Known read(Entry entry) {
        Tree object = new Tree(Json.object(entry.value()));
        boolean ready = object.tree("status").trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("Ready")
                        && condition.text("status", "").equals("True"));
        List<Cidr> blocks = object.tree("spec").texts("cidrs").stream()
                .flatMap(text -> Cidr.parse(text).stream())
                .toList();
        return new Known(
                entry.key(),
                entry.modRevision(),
                blocks,
                ready && !object.tree("metadata").has("deletionTimestamp"));
    }
}
