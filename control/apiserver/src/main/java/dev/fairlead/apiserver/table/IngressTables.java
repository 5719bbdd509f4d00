// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import static dev.fairlead.apiserver.table.Tables.name;

import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The tables of Ingresses and their classes. */
final class IngressTables {
    private static final int SHOWN = 3;
    private static final String DEFAULT = "ingressclass.kubernetes.io/is-default-class";

    static final Table INGRESSES = new Table(
            List.of(
                    Column.called(),
                    Column.text("Class", "The IngressClass, and with it who serves it."),
                    Column.text("Hosts", "The hosts there are rules for."),
                    Column.text("Address", "Where it is served."),
                    Column.text("Ports", "80, and 443 with TLS."),
                    Column.age()),
            (ingress, now) -> {
                Tree spec = ingress.tree("spec");
                return List.of(
                        name(ingress),
                        spec.text("ingressClassName", "<none>"),
                        hosts(spec.trees("rules")),
                        addresses(ingress),
                        spec.trees("tls").isEmpty() ? "80" : "80, 443",
                        Age.of(ingress, now));
            });

    static final Table INGRESS_CLASSES = new Table(
            List.of(
                    Column.called(),
                    Column.text("Controller", "Who serves Ingresses of this class."),
                    Column.text("Parameters", "The object that says more about the class."),
                    Column.age()),
            (one, now) -> {
                boolean ordinary = !"true"
                        .equals(one.tree("metadata").textMap("annotations").get(DEFAULT));
                return List.of(
                        ordinary ? name(one) : name(one) + " (default)",
                        one.tree("spec").text("controller", ""),
                        parameters(one.tree("spec")),
                        Age.of(one, now));
            });

    private IngressTables() {}

    /** Three hosts at most; how many more there are counts rules, as in Kubernetes, not hosts. */
    private static String hosts(List<Tree> rules) {
        List<String> hosts = new ArrayList<>();
        boolean more = false;
        for (Tree rule : rules) {
            String host = rule.text("host", "");
            more = hosts.size() == SHOWN;
            if (!more && !host.isEmpty()) {
                hosts.add(host);
            }
        }
        String shown = hosts.isEmpty() ? "*" : String.join(",", hosts);
        return more ? shown + " + " + (rules.size() - SHOWN) + " more..." : shown;
    }

    private static String addresses(Tree ingress) {
        Set<String> given = new TreeSet<>();
        for (Tree each : ingress.tree("status").tree("loadBalancer").trees("ingress")) {
            String ip = each.text("ip", "");
            given.add(ip.isEmpty() ? each.text("hostname", "") : ip);
        }
        given.remove("");
        return String.join(",", given);
    }

    private static String parameters(Tree spec) {
        if (!spec.has("parameters")) {
            return "<none>";
        }
        Tree parameters = spec.tree("parameters");
        String group = parameters.text("apiGroup");
        return parameters.text("kind", "") + (group == null ? "" : "." + group) + "/" + parameters.text("name", "");
    }
}
