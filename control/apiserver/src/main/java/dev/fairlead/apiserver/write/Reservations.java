// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.core.allocation.Plan;
import dev.fairlead.core.allocation.Reservation;
import dev.fairlead.core.allocation.Taken;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who holds which ClusterIP and node port, as keys of the store.
 *
 * <p>A ClusterIP is an IPAddress object named after it, as in Kubernetes. A node port is a key of our own, {@code
 * /fairlead/nodeports/30080}, because Kubernetes' one bitmap for all would make every two Services that take a port
 * conflict. Creating the key on the condition that it is absent is the reservation, in the commit of the Service itself.
 */
public final class Reservations implements Taken {
    private static final String NODE_PORTS = "/fairlead/nodeports/";

    private final Store store;
    private final Resource addresses;
    private final Identity identity;

    /** Reservations in {@code store}; {@code addresses} is the kind IPAddress. */
    public Reservations(Store store, Resource addresses, Identity identity) {
        this.store = store;
        this.addresses = addresses;
        this.identity = identity;
    }

    @Override
    public boolean address(IpAddress address) {
        return store.get(key(address)).isPresent();
    }

    @Override
    public boolean nodePort(int port) {
        return store.get(key(port)).isPresent();
    }

    /** What the commit of {@code service} must also do. */
    List<Write> writes(Plan.Accepted plan, ObjectName service) {
        List<Write> writes = new ArrayList<>();
        for (IpAddress address : plan.reserve()) {
            writes.add(Write.put(key(address), ipAddress(address, service), Expect.absent()));
        }
        for (int port : plan.reservePorts()) {
            writes.add(Write.put(key(port), nodePortHolder(service), Expect.absent()));
        }
        for (IpAddress address : plan.release()) {
            release(key(address), service, writes);
        }
        for (int port : plan.releasePorts()) {
            release(key(port), service, writes);
        }
        return writes;
    }

    /** The addresses that IPAddress objects are there for, whoever made them. */
    List<IpAddress> addresses() {
        String prefix = addresses.prefix("");
        return store.prefix(prefix, 0, 0).entries().stream()
                .flatMap(entry -> IpAddress.parse(entry.key().substring(prefix.length())).stream())
                .toList();
    }

    /** How many node ports are reserved. */
    long nodePorts() {
        return store.prefix(NODE_PORTS, 0, 0).entries().size();
    }

    /** The key under which a node port is reserved. */
    public static String key(int nodePort) {
        return NODE_PORTS + nodePort;
    }

    /** The prefix of the keys of node ports. */
    public static String nodePortPrefix() {
        return NODE_PORTS;
    }

    /** The value that reserves a node port for a Service. */
    public static byte[] nodePortHolder(ObjectName service) {
        return Json.write(Map.of("spec", spec(service)));
    }

    /** Gives a key back, unless it has become somebody else's (an IPAddress deleted and made by hand). */
    private void release(String key, ObjectName service, List<Write> writes) {
        store.get(key).ifPresent(entry -> {
            Tree parent = new Tree(Json.object(entry.value())).tree("spec").tree("parentRef");
            if (parent.text("namespace", "").equals(service.namespace())
                    && parent.text("name", "").equals(service.name())) {
                writes.add(Write.delete(key, Expect.revision(entry.modRevision())));
            }
        });
    }

    /** The key of an address's IPAddress. */
    public String key(IpAddress address) {
        return addresses.key("", address.toString());
    }

    /** The IPAddress that reserves an address for a Service. */
    public byte[] ipAddress(IpAddress address, ObjectName service) {
        Map<String, Object> labels = new LinkedHashMap<>(new TreeMap<>(Reservation.labels(address)));
        Map<String, Object> object = new LinkedHashMap<>();
        Map<String, Object> metadata = AtRest.metadata(object);
        metadata.put("name", address.toString());
        identity.mark(metadata);
        metadata.put("generation", 1L);
        metadata.put("labels", labels);
        object.put("spec", spec(service));
        return AtRest.bytes(addresses, object);
    }

    private static Map<String, Object> spec(ObjectName service) {
        Map<String, Object> parent = new LinkedHashMap<>();
        parent.put("group", "");
        parent.put("resource", "services");
        parent.put("namespace", service.namespace());
        parent.put("name", service.name());
        return Map.of("parentRef", parent);
    }
}
