// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rules of Endpoints, the older form of EndpointSlices. Subsets that did not change are not judged again. */
final class EndpointsDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.NONE, true, true);

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        for (Draft subset : draft.children("subsets")) {
            subset.children("ports").forEach(port -> port.fillText("protocol", "TCP"));
        }
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Tree endpoints = new Tree(object);
        return new Errors()
                .addAll(MetaValidation.create(endpoints, TRAITS.name()))
                .addAll(subsets(endpoints, network))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Tree endpoints = new Tree(object);
        Errors errors = new Errors().addAll(MetaValidation.update(endpoints, new Tree(old)));
        return Objects.equals(object.get("subsets"), old.get("subsets"))
                ? errors.list()
                : errors.addAll(subsets(endpoints, network)).list();
    }

    @Override
    public List<String> warnings(Map<String, Object> object, Map<String, Object> old) {
        return List.of("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
    }

    private static List<Invalid> subsets(Tree endpoints, ClusterNetwork network) {
        Errors errors = new Errors();
        List<Tree> subsets = endpoints.trees("subsets");
        for (int i = 0; i < subsets.size(); i++) {
            String path = "subsets[" + i + "]";
            Tree subset = subsets.get(i);
            if (subset.trees("addresses").isEmpty()
                    && subset.trees("notReadyAddresses").isEmpty()) {
                errors.required(path, "must specify `addresses` or `notReadyAddresses`");
            }
            addresses(subset.trees("addresses"), path + ".addresses", network, errors);
            addresses(subset.trees("notReadyAddresses"), path + ".notReadyAddresses", network, errors);
            ports(subset.trees("ports"), path + ".ports", errors);
        }
        return errors.list();
    }

    private static void addresses(List<Tree> addresses, String path, ClusterNetwork network, Errors errors) {
        for (int i = 0; i < addresses.size(); i++) {
            String at = path + "[" + i + "]";
            Tree address = addresses.get(i);
            String ip = address.text("ip", "");
            errors.invalid(at + ".ip", ip, AddressSyntax.ip(ip));
            IpAddress.parse(ip)
                    .ifPresent(parsed -> errors.invalid(at + ".ip", ip, AddressSyntax.special(parsed, network)));
            String hostname = address.text("hostname", "");
            if (!hostname.isEmpty()) {
                errors.invalid(at + ".hostname", hostname, Names.label(hostname));
            }
            String node = address.text("nodeName");
            if (node != null) {
                errors.invalid(at + ".nodeName", node, Names.subdomain(node));
            }
        }
    }

    private static void ports(List<Tree> ports, String path, Errors errors) {
        for (int i = 0; i < ports.size(); i++) {
            String at = path + "[" + i + "]";
            Tree port = ports.get(i);
            String name = port.text("name", "");
            if (!name.isEmpty()) {
                errors.invalid(at + ".name", name, Names.label(name));
            } else if (ports.size() > 1) {
                errors.required(at + ".name", "");
            }
            long number = port.whole("port", 0);
            errors.invalid(at + ".port", number, Names.port(number));
            errors.oneOf(at + ".protocol", port.text("protocol"), ServicePortRules.PROTOCOLS);
            String application = port.text("appProtocol");
            if (application != null) {
                errors.invalid(at + ".appProtocol", application, Names.qualified(application));
            }
        }
    }
}
