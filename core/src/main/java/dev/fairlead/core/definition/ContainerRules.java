// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What is wrong with the containers of one pod. Their names are unique over all of its lists. */
final class ContainerRules {
    private static final List<String> HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc");
    /** A number with a decimal exponent, or with a suffix for a power of 1000 or of 1024. */
    private static final Pattern AMOUNT = Pattern.compile(
            "[+]?([0-9]{1,30}[.]?[0-9]{0,30}|[.][0-9]{1,30})([eE][-+]?[0-9]{1,3}|[numkMGTPE]|[KMGTPE]i)?");

    private static final String NOT_NEGATIVE = "must be greater than or equal to 0";

    private final Errors errors;
    private final Set<String> volumes;
    private final Set<String> names = new HashSet<>();

    ContainerRules(Errors errors, Set<String> volumes) {
        this.errors = errors;
        this.volumes = volumes;
    }

    /** One list of containers; those of {@code init} may be probed only when they restart. */
    void check(List<Tree> containers, String path, boolean init) {
        for (int i = 0; i < containers.size(); i++) {
            container(containers.get(i), path + "[" + i + "]", init);
        }
    }

    private void container(Tree container, String path, boolean init) {
        String name = container.text("name", "");
        if (name.isEmpty()) {
            errors.required(path + ".name", "");
        } else {
            errors.invalid(path + ".name", name, Names.label(name));
            if (!names.add(name)) {
                errors.duplicate(path + ".name", name);
            }
        }
        String image = container.text("image", "");
        if (image.isEmpty()) {
            errors.required(path + ".image", "");
        } else if (!image.strip().equals(image)) {
            errors.invalid(path + ".image", image, "must not have leading or trailing whitespace");
        }
        errors.oneOf(
                path + ".imagePullPolicy",
                container.text("imagePullPolicy"),
                List.of("Always", "IfNotPresent", "Never"));
        ports(container.trees("ports"), path + ".ports");
        environment(container.trees("env"), path + ".env");
        mounts(container.trees("volumeMounts"), path + ".volumeMounts");
        for (String part : List.of("limits", "requests")) {
            amounts(container.tree("resources").textMap(part), path + ".resources." + part);
        }
        boolean restarts = container.text("restartPolicy", "").equals("Always");
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (!container.has(probe)) {
                continue;
            }
            if (init && !restarts) {
                errors.forbidden(path + "." + probe, "may not be set for init containers without restartPolicy=Always");
            } else {
                probe(container.tree(probe), path + "." + probe, !probe.equals("readinessProbe"));
            }
        }
        for (String hook : List.of("postStart", "preStop")) {
            if (container.tree("lifecycle").has(hook)) {
                handler(container.tree("lifecycle").tree(hook), path + ".lifecycle." + hook);
            }
        }
    }

    private void amounts(Map<String, String> amounts, String path) {
        amounts.forEach((resource, amount) -> {
            String at = path + "[" + resource + "]";
            errors.invalid(at, resource, Names.qualified(resource));
            if (!AMOUNT.matcher(amount).matches()) {
                errors.invalid(at, amount, "must be a quantity, such as 500m, 2 or 64Mi");
            }
        });
    }

    private void ports(List<Tree> ports, String path) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            Tree port = ports.get(i);
            String at = path + "[" + i + "]";
            String name = port.text("name", "");
            if (!name.isEmpty()) {
                List<String> wrong = Names.portName(name);
                errors.invalid(at + ".name", name, wrong);
                if (wrong.isEmpty() && !seen.add(name)) {
                    errors.duplicate(at + ".name", name);
                }
            }
            long number = port.whole("containerPort", 0);
            if (number == 0) {
                errors.required(at + ".containerPort", "");
            } else {
                errors.invalid(at + ".containerPort", number, Names.port(number));
            }
            long host = port.whole("hostPort", 0);
            if (host != 0) {
                errors.invalid(at + ".hostPort", host, Names.port(host));
            }
            errors.oneOf(at + ".protocol", port.text("protocol"), ServicePortRules.PROTOCOLS);
        }
    }

    private void environment(List<Tree> variables, String path) {
        for (int i = 0; i < variables.size(); i++) {
            Tree variable = variables.get(i);
            String at = path + "[" + i + "]";
            String name = variable.text("name", "");
            if (name.isEmpty()) {
                errors.required(at + ".name", "");
            } else {
                errors.invalid(at + ".name", name, Names.environmentVariable(name));
            }
            int sources = variable.tree("valueFrom").fields().size();
            if (variable.has("valueFrom") && !variable.text("value", "").isEmpty()) {
                errors.invalid(at + ".valueFrom", "", "may not be specified when `value` is not empty");
            } else if (variable.has("valueFrom") && sources != 1) {
                errors.invalid(
                        at + ".valueFrom",
                        "",
                        sources == 0
                                ? "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`,"
                                        + " `secretKeyRef` or `fileKeyRef`"
                                : "may not have more than one field specified at a time");
            }
        }
    }

    private void mounts(List<Tree> mounts, String path) {
        Set<String> places = new HashSet<>();
        for (int i = 0; i < mounts.size(); i++) {
            String at = path + "[" + i + "]";
            String name = mounts.get(i).text("name", "");
            String place = mounts.get(i).text("mountPath", "");
            if (name.isEmpty()) {
                errors.required(at + ".name", "");
            } else if (!volumes.contains(name)) {
                errors.add(Invalid.notFound(at + ".name", name));
            }
            if (place.isEmpty()) {
                errors.required(at + ".mountPath", "");
            } else if (!places.add(place)) {
                errors.invalid(at + ".mountPath", place, "must be unique");
            }
        }
    }

    private void probe(Tree probe, String path, boolean oneSuccess) {
        handler(probe, path);
        for (String field : List.of(
                "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")) {
            if (probe.whole(field, 0) < 0) {
                errors.invalid(path + "." + field, probe.whole(field, 0), NOT_NEGATIVE);
            }
        }
        if (oneSuccess && probe.whole("successThreshold", 1) != 1) {
            errors.invalid(path + ".successThreshold", probe.whole("successThreshold", 1), "must be 1");
        }
        if (probe.has("terminationGracePeriodSeconds") && probe.whole("terminationGracePeriodSeconds", 0) <= 0) {
            errors.invalid(
                    path + ".terminationGracePeriodSeconds",
                    probe.whole("terminationGracePeriodSeconds", 0),
                    "must be greater than 0");
        }
    }

    private void handler(Tree owner, String path) {
        boolean found = false;
        for (String handler : HANDLERS) {
            if (!owner.has(handler)) {
                continue;
            }
            if (found) {
                errors.forbidden(path + "." + handler, "may not specify more than 1 handler type");
            } else {
                handler(handler, owner.tree(handler), path + "." + handler);
            }
            found = true;
        }
        if (!found && !owner.has("sleep")) {
            errors.required(path, "must specify a handler type");
        }
    }

    private void handler(String kind, Tree handler, String path) {
        switch (kind) {
            case "exec" -> {
                if (handler.texts("command").isEmpty()) {
                    errors.required(path + ".command", "");
                }
            }
            case "httpGet" -> {
                if (handler.text("path", "").isEmpty()) {
                    errors.required(path + ".path", "");
                }
                errors.addAll(ServicePortRules.numberOrName(handler.value("port"), path + ".port"));
                errors.oneOf(path + ".scheme", handler.text("scheme"), List.of("HTTP", "HTTPS"));
            }
            case "tcpSocket" -> errors.addAll(ServicePortRules.numberOrName(handler.value("port"), path + ".port"));
            default -> errors.invalid(path + ".port", handler.whole("port", 0), Names.port(handler.whole("port", 0)));
        }
    }

    /** The names of volumes, after checking them. */
    static Set<String> volumes(List<Tree> volumes, String path, Errors errors) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < volumes.size(); i++) {
            String at = path + "[" + i + "].name";
            String name = volumes.get(i).text("name", "");
            if (name.isEmpty()) {
                errors.required(at, "");
            } else {
                errors.invalid(at, name, Names.label(name));
                if (!names.add(name)) {
                    errors.duplicate(at, name);
                }
            }
            Map<String, Object> source = Fields.without(volumes.get(i).fields(), Set.of("name"));
            if (source.isEmpty()) {
                errors.required(path + "[" + i + "]", "must specify a volume type");
            }
        }
        return names;
    }
}
