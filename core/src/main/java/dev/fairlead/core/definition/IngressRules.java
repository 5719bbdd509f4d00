// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;

/** What is wrong with the specification of an Ingress. */
final class IngressRules {
    private static final List<String> PATH_TYPES = List.of("Exact", "ImplementationSpecific", "Prefix");
    private static final List<String> NEVER_INSIDE = List.of("//", "/./", "/../", "%2f", "%2F");
    private static final List<String> NEVER_LAST = List.of("/..", "/.");

    private final Errors errors;
    private final Leniency leniency;

    /**
     * What is let pass because it was so before, when less was asked of Ingresses.
     *
     * @param secretNames whether {@code tls[].secretName} may be anything
     * @param wildcards whether rules of wildcard hosts are not looked into
     */
    record Leniency(boolean secretNames, boolean wildcards) {
        static final Leniency NONE = new Leniency(false, false);

        /** Towards an object that replaces one with specification {@code old}. */
        static Leniency of(Tree old) {
            boolean secrets = old.trees("tls").stream()
                    .anyMatch(tls -> !secretName(tls.text("secretName", "")).isEmpty());
            boolean wildcards = old.trees("rules").stream().anyMatch(rule -> {
                Errors found = new Errors();
                if (rule.text("host", "").contains("*")) {
                    new IngressRules(found, NONE).value(rule, "");
                }
                return !found.isEmpty();
            });
            return new Leniency(secrets, wildcards);
        }
    }

    IngressRules(Errors errors, Leniency leniency) {
        this.errors = errors;
        this.leniency = leniency;
    }

    void check(Tree spec) {
        List<Tree> rules = spec.trees("rules");
        if (rules.isEmpty() && !spec.has("defaultBackend")) {
            errors.invalid("spec", spec.value("rules"), "either `defaultBackend` or `rules` must be specified");
        }
        if (spec.has("defaultBackend")) {
            backend(spec.tree("defaultBackend"), "spec.defaultBackend");
        }
        for (int i = 0; i < rules.size(); i++) {
            rule(rules.get(i), "spec.rules[" + i + "]");
        }
        List<Tree> tls = spec.trees("tls");
        for (int i = 0; i < tls.size(); i++) {
            tls(tls.get(i), "spec.tls[" + i + "]");
        }
        String name = spec.text("ingressClassName");
        if (name != null) {
            errors.invalid("spec.ingressClassName", name, Names.subdomain(name));
        }
    }

    private void tls(Tree tls, String path) {
        List<String> hosts = tls.texts("hosts");
        for (int i = 0; i < hosts.size(); i++) {
            errors.invalid(path + ".hosts[" + i + "]", hosts.get(i), host(hosts.get(i)));
        }
        if (!leniency.secretNames()) {
            String name = tls.text("secretName", "");
            errors.invalid(path + ".secretName", name, secretName(name));
        }
    }

    private void rule(Tree rule, String path) {
        String host = rule.text("host", "");
        if (!host.isEmpty()) {
            if (IpAddress.parse(host).isPresent()) {
                errors.invalid(path + ".host", host, "must be a DNS name, not an IP address");
            }
            errors.invalid(path + ".host", host, host(host));
        }
        if (!host.contains("*") || !leniency.wildcards()) {
            value(rule, path);
        }
    }

    private void value(Tree rule, String path) {
        if (!rule.has("http")) {
            return;
        }
        List<Tree> paths = rule.tree("http").trees("paths");
        if (paths.isEmpty()) {
            errors.required(path + ".http.paths", "");
        }
        for (int i = 0; i < paths.size(); i++) {
            path(paths.get(i), path + ".http.paths[" + i + "]");
        }
    }

    private void path(Tree at, String path) {
        String type = at.text("pathType");
        String text = at.text("path", "");
        if (type == null) {
            errors.required(path + ".pathType", "pathType must be specified");
            return;
        }
        switch (type) {
            case "Exact", "Prefix" -> {
                absolute(text, path);
                NEVER_INSIDE.stream()
                        .filter(text::contains)
                        .forEach(part -> errors.invalid(path + ".path", text, "must not contain '" + part + "'"));
                NEVER_LAST.stream()
                        .filter(text::endsWith)
                        .forEach(end -> errors.invalid(path + ".path", text, "cannot end with '" + end + "'"));
            }
            case "ImplementationSpecific" -> {
                if (!text.isEmpty()) {
                    absolute(text, path);
                }
            }
            default -> errors.add(Invalid.notSupported(path + ".pathType", type, PATH_TYPES));
        }
        backend(at.tree("backend"), path + ".backend");
    }

    private void absolute(String text, String path) {
        if (!text.startsWith("/")) {
            errors.invalid(path + ".path", text, "must be an absolute path");
        }
    }

    private void backend(Tree backend, String path) {
        boolean service = backend.has("service");
        if (backend.has("resource") && service) {
            errors.invalid(path, "", "cannot set both resource and service backends");
        } else if (backend.has("resource")) {
            reference(backend.tree("resource"), path + ".resource", errors);
        } else if (service) {
            service(backend.tree("service"), path);
        } else {
            errors.invalid(path, "", "resource or service backend is required");
        }
    }

    private void service(Tree service, String path) {
        String name = service.text("name", "");
        if (name.isEmpty()) {
            errors.required(path + ".service.name", "");
        } else {
            errors.invalid(path + ".service.name", name, Names.label(name));
        }
        String port = service.tree("port").text("name", "");
        long number = service.tree("port").whole("number", 0);
        if (!port.isEmpty() && number != 0) {
            errors.invalid(path, "", "cannot set both port name & port number");
        } else if (!port.isEmpty()) {
            errors.invalid(path + ".service.port.name", port, Names.portName(port));
        } else if (number != 0) {
            errors.invalid(path + ".service.port.number", number, Names.port(number));
        } else {
            errors.required(path, "port name or number is required");
        }
    }

    /** A reference to an object of another kind. */
    static void reference(Tree reference, String path, Errors errors) {
        String group = reference.text("apiGroup");
        if (group != null) {
            errors.invalid(path + ".apiGroup", group, Names.subdomain(group));
        }
        for (String field : List.of("kind", "name")) {
            String text = reference.text(field, "");
            if (text.isEmpty()) {
                errors.required(path + "." + field, field + " is required");
            } else {
                errors.invalid(path + "." + field, text, Names.pathSegment(text));
            }
        }
    }

    private static List<String> host(String host) {
        return host.contains("*") ? Names.wildcardSubdomain(host) : Names.subdomain(host);
    }

    private static List<String> secretName(String name) {
        return name.isEmpty() ? List.of() : Names.subdomain(name);
    }
}
