// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with the ports of a Service. */
final class ServicePortRules {
    static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");

    private final ServiceShape shape;
    private final Errors errors = new Errors();
    private final Set<String> names = new HashSet<>();
    private final Set<String> nodePorts = new HashSet<>();
    private final Set<String> ports = new HashSet<>();

    private ServicePortRules(ServiceShape shape) {
        this.shape = shape;
    }

    static List<Invalid> check(ServiceShape shape) {
        ServicePortRules rules = new ServicePortRules(shape);
        List<Tree> ports = shape.spec().trees("ports");
        for (int i = 0; i < ports.size(); i++) {
            rules.port(ports.get(i), "spec.ports[" + i + "]", ports.size() > 1);
        }
        return rules.errors.list();
    }

    private void port(Tree port, String path, boolean several) {
        name(port.text("name", ""), path + ".name", several);
        long number = port.whole("port", 0);
        errors.invalid(path + ".port", number, Names.port(number));
        String protocol = port.text("protocol", "");
        errors.oneOf(path + ".protocol", protocol, PROTOCOLS);
        errors.addAll(numberOrName(port.value("targetPort"), path + ".targetPort"));
        String application = port.text("appProtocol");
        if (application != null) {
            errors.invalid(path + ".appProtocol", application, Names.qualified(application));
        }
        nodePort(port.whole("nodePort", 0), protocol, path + ".nodePort");
        if (!ports.add(protocol + " " + number)) {
            Map<String, Object> key = new LinkedHashMap<>();
            key.put("protocol", protocol);
            key.put("port", number);
            errors.duplicate(path, key);
        }
    }

    private void name(String name, String path, boolean several) {
        if (name.isEmpty()) {
            if (several) {
                errors.required(path, "");
            }
            return;
        }
        errors.invalid(path, name, Names.label(name));
        if (!names.add(name)) {
            errors.duplicate(path, name);
        }
    }

    private void nodePort(long number, String protocol, String path) {
        if (number == 0) {
            return;
        }
        if (shape.is("ClusterIP")) {
            errors.forbidden(path, "may not be used when `type` is 'ClusterIP'");
        }
        if (!nodePorts.add(protocol + " " + number)) {
            errors.duplicate(path, number);
        }
    }

    /** What is wrong with an int-or-string that is a port number or a port's name. */
    static List<Invalid> numberOrName(@Nullable Object value, String path) {
        Errors errors = new Errors();
        if (value instanceof String name) {
            errors.invalid(path, name, Names.portName(name));
        } else {
            long number = value instanceof Number given ? given.longValue() : 0;
            errors.invalid(path, number, Names.port(number));
        }
        return errors.list();
    }
}
