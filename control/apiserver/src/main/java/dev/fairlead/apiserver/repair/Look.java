// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.repair;

import dev.fairlead.apiserver.write.Reservations;
import dev.fairlead.core.allocation.Audit;
import dev.fairlead.core.allocation.Holdings;
import dev.fairlead.core.allocation.Reservation;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the store holds, remembering what was looked at. */
final class Look implements Audit.Seen {
    private final Store store;
    private final Resource services;
    private final Reservations reservations;
    private final Map<String, Optional<Entry>> looked = new LinkedHashMap<>();

    Look(Store store, Resource services, Reservations reservations) {
        this.store = store;
        this.services = services;
        this.reservations = reservations;
    }

    private @Nullable Entry entry(String key) {
        return looked.computeIfAbsent(key, store::get).orElse(null);
    }

    private @Nullable Tree tree(String key) {
        Entry entry = entry(key);
        return entry == null ? null : new Tree(Json.object(entry.value()));
    }

    @Override
    public @Nullable Holdings service(ObjectName name) {
        Tree service = tree(services.key(name.namespace(), name.name()));
        return service == null ? null : Holdings.from(service);
    }

    @Override
    public @Nullable Reservation address(IpAddress address) {
        Tree ipAddress = tree(reservations.key(address));
        return ipAddress == null ? null : Reservation.from(ipAddress);
    }

    @Override
    public @Nullable ObjectName port(int port) {
        Tree holder = tree(Reservations.key(port));
        return holder == null ? null : Reservation.from(holder).parent();
    }

    /** The condition that a key is still as it was looked at. */
    Expect unchanged(String key) {
        Entry entry = entry(key);
        return entry == null ? Expect.absent() : Expect.revision(entry.modRevision());
    }

    /** {@code writes}, on the condition that everything else looked at is still so. */
    List<Write> withConditions(List<Write> writes) {
        Set<String> written = writes.stream().map(Write::key).collect(Collectors.toSet());
        List<Write> all = new ArrayList<>(writes);
        for (String key : looked.keySet()) {
            if (!written.contains(key)) {
                all.add(Write.check(key, unchanged(key)));
            }
        }
        return all;
    }
}
