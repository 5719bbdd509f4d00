// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The rules of EndpointSlices. Endpoints that did not change are not judged again, so that stricter rules hurt no one. */
final class EndpointSliceDefinition implements Definition {
    private static final Traits TRAITS =
            new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC_AND_LABELS, false, true);
    private static final List<String> TYPES = List.of("FQDN", "IPv4", "IPv6");

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        for (Draft port : draft.children("ports")) {
            port.fill("name", "").fillText("protocol", "TCP");
        }
        draft.children("endpoints").forEach(endpoint -> endpoint.remove("deprecatedTopology"));
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Tree slice = new Tree(object);
        return new Errors()
                .addAll(MetaValidation.create(slice, TRAITS.name()))
                .addAll(addressType(slice))
                .addAll(endpoints(slice, network))
                .addAll(ports(slice.trees("ports")))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Tree slice = new Tree(object);
        Errors errors =
                new Errors().addAll(MetaValidation.update(slice, new Tree(old))).addAll(addressType(slice));
        if (!Objects.equals(slice.value("addressType"), old.get("addressType"))) {
            errors.invalid("addressType", slice.value("addressType"), "field is immutable");
        }
        if (!Objects.equals(slice.value("endpoints"), old.get("endpoints"))) {
            errors.addAll(endpoints(slice, network));
        }
        return errors.addAll(ports(slice.trees("ports"))).list();
    }

    @Override
    public List<String> warnings(Map<String, Object> object, Map<String, Object> old) {
        boolean named = "FQDN".equals(object.get("addressType")) && old.isEmpty();
        return named ? List.of("addressType: FQDN endpoints are deprecated") : List.of();
    }

    private static List<Invalid> addressType(Tree slice) {
        return new Errors()
                .oneOf("addressType", slice.text("addressType"), TYPES)
                .list();
    }

    private static List<Invalid> endpoints(Tree slice, ClusterNetwork network) {
        Errors errors = new Errors();
        List<Tree> endpoints = slice.trees("endpoints");
        if (endpoints.size() > 1000) {
            return errors.tooMany("endpoints", endpoints.size(), 1000).list();
        }
        for (int i = 0; i < endpoints.size(); i++) {
            endpoint(endpoints.get(i), "endpoints[" + i + "]", slice.text("addressType", ""), network, errors);
        }
        return errors.list();
    }

    private static void endpoint(Tree endpoint, String path, String type, ClusterNetwork network, Errors errors) {
        List<String> addresses = endpoint.texts("addresses");
        if (addresses.isEmpty()) {
            errors.required(path + ".addresses", "must contain at least 1 address");
        } else if (addresses.size() > 100) {
            errors.tooMany(path + ".addresses", addresses.size(), 100);
        }
        for (int i = 0; i < addresses.size(); i++) {
            address(addresses.get(i), path + ".addresses", i, type, network, errors);
        }
        String node = endpoint.text("nodeName");
        if (node != null) {
            errors.invalid(path + ".nodeName", node, Names.subdomain(node));
        }
        String hostname = endpoint.text("hostname");
        if (hostname != null) {
            errors.invalid(path + ".hostname", hostname, Names.label(hostname));
        }
        hints(endpoint.tree("hints").trees("forZones"), path + ".hints.forZones", false, errors);
        hints(endpoint.tree("hints").trees("forNodes"), path + ".hints.forNodes", true, errors);
    }

    private static void address(
            String text, String list, int index, String type, ClusterNetwork network, Errors errors) {
        String path = list + "[" + index + "]";
        if (type.equals("FQDN")) {
            errors.invalid(path, text, domain(text));
            return;
        }
        errors.invalid(path, text, AddressSyntax.ip(text));
        IpAddress.parse(text).ifPresent(address -> {
            if (!address.family().text().equals(type)) {
                errors.invalid(list, text, "must be an " + type + " address");
            } else if (!address.toString().equals(text)) {
                errors.invalid(path, text, "must be in canonical form (\"" + address + "\")");
            }
            errors.invalid(path, text, AddressSyntax.special(address, network));
        });
    }

    private static List<String> domain(String text) {
        String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        List<String> wrong = Names.subdomain(bare);
        return wrong.isEmpty() && !bare.contains(".")
                ? List.of("should be a domain with at least two segments separated by dots")
                : wrong;
    }

    private static void hints(List<Tree> hints, String path, boolean nodes, Errors errors) {
        if (hints.size() > 8) {
            errors.tooMany(path, hints.size(), 8);
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < hints.size(); i++) {
            String at = path + "[" + i + "].name";
            String name = hints.get(i).text("name", "");
            if (!seen.add(name)) {
                errors.duplicate(at, name);
            } else {
                errors.invalid(at, name, nodes ? Names.subdomain(name) : Names.labelValue(name));
            }
        }
    }

    private static List<Invalid> ports(List<Tree> ports) {
        Errors errors = new Errors();
        if (ports.size() > 20000) {
            return errors.tooMany("ports", ports.size(), 20000).list();
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            Tree port = ports.get(i);
            String path = "ports[" + i + "]";
            String name = port.text("name", "");
            if (!name.isEmpty()) {
                errors.invalid(path + ".name", name, Names.label(name));
            }
            if (!names.add(name)) {
                errors.duplicate(path + ".name", name);
            }
            errors.oneOf(path + ".protocol", port.text("protocol"), ServicePortRules.PROTOCOLS);
            String application = port.text("appProtocol");
            if (application != null) {
                errors.invalid(path + ".appProtocol", application, Names.qualified(application));
            }
        }
        return errors.list();
    }
}
