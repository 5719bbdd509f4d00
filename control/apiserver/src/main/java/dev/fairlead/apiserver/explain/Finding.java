// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.explain;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Question.Target;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the Service that a question is about, or what is there instead. */
final class Finding {
    private final Scan scan;
    private final Resource services;
    private final Resource pods;
    private final Resource addresses;

    Finding(Scan scan, Kinds kinds) {
        this.scan = scan;
        services = kinds.require("v1", "Service");
        pods = kinds.require("v1", "Pod");
        addresses = kinds.require("networking.k8s.io/v1", "IPAddress");
    }

    /** The Service; without fields when there is none. */
    Tree service(Target target) {
        return switch (target) {
            case Target.Named(ObjectName name) -> scan.get(services.key(name.namespace(), name.name()));
            case Target.NodePort(int port) -> atNodePort(port);
            case Target.At(IpAddress address, int port) -> {
                Tree found = at(address);
                boolean elsewhere = found.fields().isEmpty() && port != 0 && podAt(target) == null;
                yield elsewhere ? atNodePort(port) : found;
            }
        };
    }

    private Tree at(IpAddress address) {
        Tree owner =
                scan.get(addresses.key(null, address.toString())).tree("spec").tree("parentRef");
        if (owner.text("resource", "").equals("services")) {
            Tree found = scan.get(services.key(owner.text("namespace", ""), owner.text("name", "")));
            if (!found.fields().isEmpty()) {
                return found;
            }
        }
        return scan.holding(services.prefix(null), "\"" + address + "\"").stream()
                .filter(service -> Gathering.has(Service.from(service), address))
                .findFirst()
                .orElse(Tree.EMPTY);
    }

    private Tree atNodePort(int port) {
        return scan.holding(services.prefix(null), "\"nodePort\":" + port).stream()
                .filter(service -> Service.from(service).ports().stream().anyMatch(one -> one.nodePort() == port))
                .findFirst()
                .orElse(Tree.EMPTY);
    }

    /** Services of that name in other namespaces. */
    List<ObjectName> namesakes(Target target) {
        return target instanceof Target.Named(ObjectName name)
                ? scan.names(services.prefix(null)).stream()
                        .filter(key -> key.endsWith("/" + name.name()))
                        .map(key ->
                                new ObjectName(key.substring(0, key.indexOf('/')), key.substring(key.indexOf('/') + 1)))
                        .toList()
                : List.of();
    }

    /** The names of the Services in the namespace that was asked about. */
    List<String> siblings(Target target) {
        return target instanceof Target.Named(ObjectName name)
                ? scan.names(services.prefix(name.namespace()))
                : List.of();
    }

    /** The pod at an address that is no Service's, or null. */
    @Nullable
    ObjectName podAt(Target target) {
        if (!(target instanceof Target.At(IpAddress address, int any))) {
            return null;
        }
        return scan.holding(pods.prefix(null), Scan.field("podIP", address.toString())).stream()
                .map(pod -> pod.tree("metadata"))
                .map(meta -> new ObjectName(meta.text("namespace", ""), meta.text("name", "")))
                .findFirst()
                .orElse(null);
    }
}
