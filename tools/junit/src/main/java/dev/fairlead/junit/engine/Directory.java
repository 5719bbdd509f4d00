// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Nearness;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.select.LabelSelector;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds the objects of a cluster by the names a test gives, and says which there are when there is none of that name. */
record Directory(ApiClient client) {
    private static final String DEFAULT = "default";

    /** {@code backend} is {@code default/backend}; {@code svc/} before it says nothing new. */
    static ObjectName name(String text) {
        String plain = text.replaceFirst("^(svc|service|pod)s?/", "");
        int slash = plain.indexOf('/');
        return slash < 0
                ? new ObjectName(DEFAULT, plain)
                : new ObjectName(plain.substring(0, slash), plain.substring(slash + 1));
    }

    /** As tests write it: without the namespace where that is {@code default}. */
    static String text(ObjectName name) {
        return name.namespace().equals(DEFAULT) || name.namespace().isEmpty()
                ? name.name()
                : name.namespace() + "/" + name.name();
    }

    static ObjectName named(Tree object) {
        Tree meta = object.tree("metadata");
        return new ObjectName(meta.text("namespace", ""), meta.text("name", ""));
    }

    /** The pod of that name, or all that a workload of that name made. */
    List<Tree> meant(ObjectName wanted) throws IOException, InterruptedException {
        List<Tree> there = podsBeside(wanted);
        List<Tree> exact =
                there.stream().filter(pod -> named(pod).equals(wanted)).toList();
        return exact.isEmpty()
                ? there.stream()
                        .filter(pod -> makers(pod).contains(wanted.name()))
                        .toList()
                : exact;
    }

    private List<Tree> podsBeside(ObjectName wanted) throws IOException, InterruptedException {
        return client.list(Resources.PODS, Selection.in(wanted.namespace())).items();
    }

    /** The names of what made a pod: its ReplicaSet and Deployment, its StatefulSet. */
    private static List<String> makers(Tree pod) {
        Tree meta = pod.tree("metadata");
        String hash = "-" + meta.textMap("labels").getOrDefault("pod-template-hash", "");
        return meta.trees("ownerReferences").stream()
                .map(owner -> owner.text("name", ""))
                .flatMap(name -> name.endsWith(hash)
                        ? Stream.of(name, name.substring(0, name.length() - hash.length()))
                        : Stream.of(name))
                .toList();
    }

    /** What there is beside a pod that is not there. */
    String adviceOnPod(ObjectName wanted) throws IOException, InterruptedException {
        return advice(wanted, Resources.PODS, podsBeside(wanted));
    }

    /** A Service that is there. */
    Tree service(ObjectName wanted) throws IOException, InterruptedException {
        Tree found = client.find(Resources.SERVICES, wanted);
        if (found == null) {
            List<Tree> there = client.list(Resources.SERVICES, Selection.in(wanted.namespace()))
                    .items();
            throw new IllegalArgumentException(
                    "there is no Service \"" + text(wanted) + "\"; " + advice(wanted, Resources.SERVICES, there));
        }
        return found;
    }

    /** The Services that route to a pod, by their selectors. */
    List<ObjectName> servicesOf(Tree pod) throws IOException, InterruptedException {
        Map<String, String> labels = pod.tree("metadata").textMap("labels");
        return client.list(Resources.SERVICES, Selection.in(named(pod).namespace())).items().stream()
                .filter(service -> {
                    Tree spec = service.tree("spec");
                    Map<String, String> selector = spec.textMap("selector");
                    return !selector.isEmpty()
                            && IpAddress.parse(spec.text("clusterIP", "")).isPresent()
                            && LabelSelector.of(selector).matches(labels);
                })
                .map(Directory::named)
                .toList();
    }

    private String advice(ObjectName wanted, Resource kind, List<Tree> there) {
        List<String> names = there.stream().map(object -> named(object).name()).toList();
        return Nearness.nearest(wanted.name(), names)
                .map(near -> "did you mean \"" + near + "\"?")
                .orElseGet(() -> names.isEmpty()
                        ? "there are no " + kind.plural() + " in namespace " + wanted.namespace()
                        : "there are " + String.join(", ", names));
    }
}
