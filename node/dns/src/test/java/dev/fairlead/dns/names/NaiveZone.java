// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.ServiceType;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The reference: writes down every record of every name, as the specification lists them, and looks answers up in that.
 * It shares nothing with what it checks but the objects.
 */
final class NaiveZone {
    private static final String ZONE = "cluster.local";

    /** Name, then type, then records as text; a name without records exists all the same. */
    private final Map<String, Map<String, Set<String>>> records = new TreeMap<>();

    private final Map<String, String> aliases = new TreeMap<>();

    NaiveZone(Collection<String> namespaces, Map<Service, List<EndpointSlice>> services) {
        for (String name : List.of(ZONE, "svc." + ZONE, "pod." + ZONE, "dns." + ZONE, "ns.dns." + ZONE)) {
            exists(name);
        }
        add(ZONE, "NS", "ns.dns." + ZONE + ".");
        for (String namespace : namespaces) {
            exists(namespace + ".svc." + ZONE);
            exists(namespace + ".pod." + ZONE);
        }
        services.forEach(this::service);
        services.forEach(this::pointers);
    }

    private Map<String, Set<String>> exists(String name) {
        return records.computeIfAbsent(name, any -> new TreeMap<>());
    }

    private void add(String name, String type, String data) {
        exists(name).computeIfAbsent(type, any -> new TreeSet<>()).add(type + " " + data);
    }

    private void address(String name, String address) {
        add(name, address.contains(":") ? "AAAA" : "A", address);
    }

    private static String name(Service service) {
        return service.name().name() + "." + service.name().namespace() + ".svc." + ZONE;
    }

    private static String host(Endpoint endpoint, String address) {
        if (endpoint.hostname() != null && !endpoint.hostname().isEmpty()) {
            return endpoint.hostname();
        }
        String dashed = address.replaceAll("[.:]", "-");
        return dashed.endsWith("-") ? dashed + "0" : dashed;
    }

    private void service(Service service, List<EndpointSlice> slices) {
        String name = name(service);
        if (service.type() == ServiceType.EXTERNAL_NAME) {
            if (IpAddress.parse(service.externalName()).isEmpty()) {
                aliases.put(name, service.externalName());
            }
            return;
        }
        Set<String> found = new TreeSet<>(); // (target, address, port name, protocol, number), each once
        for (EndpointSlice slice : slices) {
            for (Endpoint endpoint : slice.endpoints()) {
                for (String address : endpoint.ready() ? endpoint.addresses() : List.<String>of()) {
                    String host = host(endpoint, address) + "." + name;
                    address(host, address);
                    if (service.headless()) {
                        address(name, address);
                    }
                    for (EndpointPort port : slice.ports()) {
                        String protocol = port.protocol().name().toLowerCase(Locale.ROOT);
                        found.add(host + " " + address + " " + port.name() + " " + protocol + " " + port.port());
                    }
                }
            }
        }
        if (service.headless()) {
            srv(name, found);
        } else {
            service.clusterIps().forEach(address -> address(name, address.toString()));
            Set<String> ports = new TreeSet<>();
            for (ServicePort port : service.ports()) {
                String protocol = port.protocol().name().toLowerCase(Locale.ROOT);
                ports.add(name + " - " + port.name() + " " + protocol + " " + port.port());
            }
            srv(name, ports);
        }
    }

    private void srv(String name, Set<String> all) {
        Map<String, Set<String>> byOwner = new TreeMap<>();
        for (String each : all) {
            String[] words = each.split(" ", -1);
            byOwner.computeIfAbsent(name, any -> new TreeSet<>()).add(each);
            exists("_" + words[3] + "." + name);
            if (!words[2].isEmpty()) {
                byOwner.computeIfAbsent("_" + words[2] + "._" + words[3] + "." + name, any -> new TreeSet<>())
                        .add(each);
            }
        }
        byOwner.forEach((owner, targets) -> targets.forEach(each -> {
            String[] words = each.split(" ", -1);
            add(owner, "SRV", "0 " + Math.max(1, 100 / targets.size()) + " " + words[4] + " " + words[0] + ".");
        }));
    }

    private void pointers(Service service, List<EndpointSlice> slices) {
        service.clusterIps().forEach(address -> {
            Map<String, Set<String>> there = exists(reverse(address));
            there.clear();
            add(reverse(address), "PTR", name(service) + ".");
            there.put("CLUSTER", Set.of());
        });
        for (EndpointSlice slice : service.type() == ServiceType.EXTERNAL_NAME ? List.<EndpointSlice>of() : slices) {
            for (Endpoint endpoint : slice.endpoints()) {
                for (String address : endpoint.ready() ? endpoint.addresses() : List.<String>of()) {
                    String reverse = reverse(IpAddress.of(address));
                    if (!exists(reverse).containsKey("CLUSTER")) {
                        add(reverse, "PTR", host(endpoint, address) + "." + name(service) + ".");
                    }
                }
            }
        }
    }

    static String reverse(IpAddress address) {
        StringBuilder name = new StringBuilder();
        byte[] bytes = address.bytes();
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (address.family() == IpFamily.IPV4) {
                name.append(bytes[i] & 0xff).append('.');
            } else {
                name.append(Integer.toHexString(bytes[i] & 0xf)).append('.');
                name.append(Integer.toHexString(bytes[i] >> 4 & 0xf)).append('.');
            }
        }
        return name + (address.family() == IpFamily.IPV4 ? "in-addr.arpa" : "ip6.arpa");
    }

    Set<String> names() {
        Set<String> names = new TreeSet<>(records.keySet());
        names.addAll(aliases.keySet());
        return names;
    }

    /** Every record of the zone, as {@code owner type data}. */
    Set<String> all() {
        Set<String> all = new TreeSet<>(Set.of("dns-version." + ZONE + ". TXT 1.1.0"));
        records.forEach((name, types) -> types.forEach((type, texts) ->
                texts.stream().filter(any -> !name.endsWith(".arpa")).forEach(text -> all.add(name + ". " + text))));
        aliases.forEach((name, target) -> all.add(name + ". CNAME " + target + "."));
        return all;
    }

    /** The code, then the records: {@code NOERROR [A 10.0.0.1]}; {@code + name} for what others have to resolve. */
    String answer(String name, String type) {
        Set<String> chain = new TreeSet<>();
        String at = name;
        for (int step = 0; aliases.containsKey(at); step++) {
            String target = aliases.get(at);
            boolean address = type.equals("A") || type.equals("AAAA");
            if (step > 10) {
                return "SERVFAIL []";
            }
            chain.add("CNAME " + target + ".");
            if (type.equals("CNAME")) {
                return "NOERROR " + chain;
            }
            if (!address || target.equals(at)) {
                return "NOERROR []";
            }
            if (!target.endsWith("." + ZONE)) {
                return "NOERROR " + chain + " + " + target + ".";
            }
            at = target;
        }
        Map<String, Set<String>> there = records.get(at);
        Set<String> asked = there == null ? Set.of() : there.getOrDefault(type, Set.of());
        if (there == null && chain.isEmpty()) {
            return "NXDOMAIN []";
        }
        Set<String> all = new TreeSet<>(asked);
        all.addAll(asked.isEmpty() ? Set.of() : chain);
        return "NOERROR " + all;
    }
}
