// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is wrong with the specification of a NetworkPolicy. */
final class NetworkPolicyRules {
    private static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");
    private static final List<String> TYPES = List.of("Ingress", "Egress");

    private final Errors errors;
    private final Set<String> known = new HashSet<>();

    /** @param old what is replaced: blocks that it has are not looked at again */
    NetworkPolicyRules(Errors errors, Tree old) {
        this.errors = errors;
        for (String[] direction : new String[][] {{"ingress", "from"}, {"egress", "to"}}) {
            for (Tree rule : old.trees(direction[0])) {
                for (Tree peer : rule.trees(direction[1])) {
                    known.add(peer.tree("ipBlock").text("cidr", ""));
                    known.addAll(peer.tree("ipBlock").texts("except"));
                }
            }
        }
    }

    void check(Tree spec) {
        errors.addAll(SelectorRules.check(spec.tree("podSelector"), "spec.podSelector"));
        rules(spec, "ingress", "from");
        rules(spec, "egress", "to");
        List<String> types = spec.texts("policyTypes");
        if (types.size() > TYPES.size()) {
            errors.invalid("spec.policyTypes", types, "may not specify more than two policyTypes");
            return;
        }
        for (int i = 0; i < types.size(); i++) {
            if (!TYPES.contains(types.get(i))) {
                errors.add(Invalid.notSupported("spec.policyTypes[" + i + "]", types.get(i), TYPES));
            }
        }
    }

    private void rules(Tree spec, String direction, String peers) {
        List<Tree> rules = spec.trees(direction);
        for (int i = 0; i < rules.size(); i++) {
            String path = "spec." + direction + "[" + i + "]";
            List<Tree> ports = rules.get(i).trees("ports");
            for (int j = 0; j < ports.size(); j++) {
                port(ports.get(j), path + ".ports[" + j + "]");
            }
            List<Tree> others = rules.get(i).trees(peers);
            for (int j = 0; j < others.size(); j++) {
                peer(others.get(j), path + "." + peers + "[" + j + "]");
            }
        }
    }

    private void port(Tree port, String path) {
        String protocol = port.text("protocol");
        if (protocol != null && !PROTOCOLS.contains(protocol)) {
            errors.add(Invalid.notSupported(path + ".protocol", protocol, PROTOCOLS));
        }
        Object given = port.value("port");
        boolean range = port.has("endPort");
        long end = port.whole("endPort", 0);
        if (given instanceof Number number) {
            long first = number.longValue();
            errors.invalid(path + ".port", first, Names.port(first));
            if (range && end < first) {
                errors.invalid(path + ".endPort", first, "must be greater than or equal to `port`");
            }
            if (range) {
                errors.invalid(path + ".endPort", end, Names.port(end));
            }
            return;
        }
        if (range) {
            String why = given == null ? "not specified" : "non-numeric";
            errors.invalid(path + ".endPort", end, "may not be specified when `port` is " + why);
        }
        if (given instanceof String name) {
            errors.invalid(path + ".port", name, Names.portName(name));
        }
    }

    private void peer(Tree peer, String path) {
        boolean selects = false;
        for (String selector : List.of("podSelector", "namespaceSelector")) {
            if (peer.has(selector)) {
                selects = true;
                errors.addAll(SelectorRules.check(peer.tree(selector), path + "." + selector));
            }
        }
        boolean block = peer.has("ipBlock");
        if (block) {
            block(peer.tree("ipBlock"), path + ".ipBlock");
        }
        if (!selects && !block) {
            errors.required(path, "must specify a peer");
        } else if (selects && block) {
            errors.forbidden(path, "may not specify both ipBlock and another peer");
        }
    }

    private void block(Tree block, String path) {
        String text = block.text("cidr", "");
        if (text.isEmpty()) {
            errors.required(path + ".cidr", "");
            return;
        }
        cidr(text, path + ".cidr");
        Optional<Cidr> whole = Cidr.parse(text);
        List<String> except = block.texts("except");
        for (int i = 0; whole.isPresent() && i < except.size(); i++) {
            String at = path + ".except[" + i + "]";
            cidr(except.get(i), at);
            Optional<Cidr> part = Cidr.parse(except.get(i));
            if (part.isPresent() && !inside(part.get(), whole.get())) {
                errors.invalid(at, except.get(i), "must be a strict subset of `cidr`");
            }
        }
    }

    private void cidr(String text, String path) {
        if (!known.contains(text)) {
            errors.invalid(path, text, AddressSyntax.cidr(text));
        }
    }

    private static boolean inside(Cidr part, Cidr whole) {
        return whole.contains(part.base()) && whole.prefix() < part.prefix();
    }
}
