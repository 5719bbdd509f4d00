// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Explanation;
import dev.fairlead.core.explain.Nearness;
import dev.fairlead.core.explain.TrafficReport;
import dev.fairlead.junit.TestPod;
import dev.fairlead.junit.Traffic;
import dev.fairlead.junit.engine.play.Troupe;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.select.LabelSelector;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the objects of a cluster by the names a test gives, and tells what there is. */
final class Sight {
    private static final String DEFAULT = "default";
    private static final int LAST_EVENTS = 20;

    private final Parts parts;
    private final Troupe troupe;
    private final Aims aims;
    private final Duration patience;
    /** Names of pods by uid and by address, those that are gone too. */
    private final Map<String, ObjectName> known = new ConcurrentHashMap<>();

    Sight(Parts parts, Troupe troupe, Aims aims, Duration patience) {
        this.parts = parts;
        this.troupe = troupe;
        this.aims = aims;
        this.patience = patience;
    }

    ApiClient client() {
        return parts.client();
    }

    Routing routing() {
        return new Routing(() -> parts.node().agent());
    }

    Troupe troupe() {
        return troupe;
    }

    /** Waits as long as the test has patience, and tells how things are if that was in vain. */
    void await(String what, ObjectName service, BooleanSupplier condition) {
        Waiting.until(
                what,
                patience,
                condition,
                () -> LocalCluster.asking(() -> why(service)) + "\n" + LocalCluster.asking(this::overview));
        aims.follow();
    }

    private String why(ObjectName service) throws IOException, InterruptedException {
        try {
            return explain(service);
        } catch (IllegalArgumentException unknown) {
            return String.valueOf(unknown.getMessage());
        }
    }

    void await(String what, BooleanSupplier condition) {
        await(what, patience, condition);
    }

    void await(String what, Duration longest, BooleanSupplier condition) {
        Waiting.until(what, longest, condition, () -> LocalCluster.asking(this::overview));
        aims.follow();
    }

    /** {@code backend} is {@code default/backend}; {@code svc/} before it says nothing new. */
    ObjectName name(String text) {
        String plain = text.replaceFirst("^(svc|service|pod)s?/", "");
        int slash = plain.indexOf('/');
        return slash < 0
                ? new ObjectName(DEFAULT, plain)
                : new ObjectName(plain.substring(0, slash), plain.substring(slash + 1));
    }

    /** As tests write it: without the namespace where that is {@code default}. */
    String text(ObjectName name) {
        return name.namespace().equals(DEFAULT) || name.namespace().isEmpty()
                ? name.name()
                : name.namespace() + "/" + name.name();
    }

    /** The pod that is meant; whoever made a workload a moment ago may mean one that its controller is about to make. */
    TestPod pod(ObjectName wanted) throws IOException, InterruptedException {
        Waiting.until(
                "pod " + text(wanted) + " to be there",
                patience,
                () -> !LocalCluster.asking(() -> meant(wanted)).isEmpty(),
                () -> LocalCluster.asking(
                        () -> advice(wanted, Resources.PODS, podsBeside(wanted)) + "\n" + overview()));
        List<Tree> found = meant(wanted);
        if (found.size() != 1) {
            throw new IllegalArgumentException(
                    found.isEmpty()
                            ? "the pod \"" + text(wanted) + "\" was there, and is gone"
                            : "several pods belong to \"" + wanted.name() + "\": "
                                    + found.stream()
                                            .map(pod -> named(pod).name())
                                            .collect(Collectors.joining(", ")));
        }
        return handle(found.getFirst());
    }

    private List<Tree> podsBeside(ObjectName wanted) throws IOException, InterruptedException {
        return client().list(Resources.PODS, Selection.in(wanted.namespace())).items();
    }

    /** The pod of that name, or all that a workload of that name made. */
    private List<Tree> meant(ObjectName wanted) throws IOException, InterruptedException {
        List<Tree> there = podsBeside(wanted);
        List<Tree> exact =
                there.stream().filter(pod -> named(pod).equals(wanted)).toList();
        return exact.isEmpty()
                ? there.stream()
                        .filter(pod -> makers(pod).contains(wanted.name()))
                        .toList()
                : exact;
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

    List<TestPod> pods(Selection selection) throws IOException, InterruptedException {
        List<TestPod> pods = new ArrayList<>();
        client().list(Resources.PODS, selection).items().forEach(pod -> pods.add(handle(pod)));
        return pods;
    }

    private TestPod handle(Tree pod) {
        note(pod);
        return new LocalPod(this, named(pod), pod.tree("metadata").text("uid", ""));
    }

    private void note(Tree pod) {
        known.put(pod.tree("metadata").text("uid", ""), named(pod));
        String address = pod.tree("status").text("podIP", "");
        if (!address.isEmpty()) {
            known.put(address, named(pod));
        }
    }

    /** A Service that is there. */
    Tree service(ObjectName wanted) throws IOException, InterruptedException {
        Tree found = client().find(Resources.SERVICES, wanted);
        if (found == null) {
            List<Tree> there = client().list(Resources.SERVICES, Selection.in(wanted.namespace()))
                    .items();
            throw new IllegalArgumentException(
                    "there is no Service \"" + text(wanted) + "\"; " + advice(wanted, Resources.SERVICES, there));
        }
        return found;
    }

    /** The Services that route to a pod, by their selectors. */
    List<ObjectName> servicesOf(Tree pod) throws IOException, InterruptedException {
        Map<String, String> labels = pod.tree("metadata").textMap("labels");
        return client().list(Resources.SERVICES, Selection.in(named(pod).namespace())).items().stream()
                .filter(service -> {
                    Tree spec = service.tree("spec");
                    Map<String, String> selector = spec.textMap("selector");
                    return !selector.isEmpty()
                            && IpAddress.parse(spec.text("clusterIP", "")).isPresent()
                            && LabelSelector.of(selector).matches(labels);
                })
                .map(Sight::named)
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

    static ObjectName named(Tree object) {
        Tree meta = object.tree("metadata");
        return new ObjectName(meta.text("namespace", ""), meta.text("name", ""));
    }

    String explain(ObjectName service) throws IOException, InterruptedException {
        service(service);
        String path = Resources.SERVICES.path(service.namespace(), service.name()) + "/explain";
        return Explanation.from(new Tree(
                        Json.object(client().call(Request.of("GET", path)).drained())))
                .text();
    }

    Traffic traffic(ObjectName service) throws IOException, InterruptedException {
        service(service);
        client().list(Resources.PODS, Selection.in(service.namespace())).items().forEach(this::note);
        TrafficReport report = parts.node().agent().traffic();
        Map<String, Long> connections = new LinkedHashMap<>();
        Map<String, Long> failed = new LinkedHashMap<>();
        Map<String, Long> served = new LinkedHashMap<>();
        report.lines().stream()
                .filter(line -> line.port().service().equals(service))
                .forEach(line -> {
                    String pod = podAt(line.address());
                    connections.merge(pod, line.amounts().connections(), Long::sum);
                    line.amounts().failed().ifPresent(times -> failed.merge(pod, times, Long::sum));
                });
        troupe.served().forEach((uid, times) -> {
            ObjectName pod = known.get(uid);
            if (pod != null && pod.namespace().equals(service.namespace()) && connections.containsKey(pod.name())) {
                served.merge(pod.name(), times, Long::sum);
            }
        });
        failed.values().removeIf(times -> times == 0);
        return new Traffic(text(service), connections, served, failed);
    }

    private String podAt(IpAddress address) {
        ObjectName pod = known.get(address.toString());
        return pod == null ? address.toString() : pod.name();
    }

    List<String> events() throws IOException, InterruptedException {
        return client().list(Resources.EVENTS, Selection.ALL).items().stream()
                .sorted(Comparator.comparing(Sight::when))
                .map(Sight::line)
                .toList();
    }

    private static String when(Tree event) {
        String last = event.text("lastTimestamp", "");
        return last.isEmpty() ? event.text("eventTime", "") : last;
    }

    private static String line(Tree event) {
        Tree about = event.tree("involvedObject");
        long times = event.whole("count", 1);
        return event.text("type", "") + " " + event.text("reason", "") + " "
                + about.text("kind", "").toLowerCase(Locale.ROOT) + "/" + about.text("name", "") + ": "
                + event.text("message", "") + (times > 1 ? " (" + times + " times)" : "");
    }

    /** How things are: pods and the last events. */
    String overview() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder("pods:\n");
        List<Tree> pods = client().list(Resources.PODS, Selection.ALL).items();
        pods.forEach(pod -> text.append("  ").append(state(pod)).append('\n'));
        if (pods.isEmpty()) {
            text.append("  none\n");
        }
        List<String> events = events();
        text.append(events.isEmpty() ? "no events\n" : "last events:\n");
        events.subList(Math.max(0, events.size() - LAST_EVENTS), events.size())
                .forEach(event -> text.append("  ").append(event).append('\n'));
        return text.toString();
    }

    private String state(Tree pod) {
        Tree status = pod.tree("status");
        String waiting = status.trees("containerStatuses").stream()
                .map(container -> container.tree("state").tree("waiting"))
                .filter(state -> !state.fields().isEmpty())
                .map(state -> state.text("reason", "") + " " + state.text("message", ""))
                .collect(Collectors.joining("; "));
        return text(named(pod)) + " " + status.text("phase", "") + (ready(pod) ? " ready" : " not ready")
                + (waiting.isEmpty() ? "" : ": " + waiting.strip());
    }

    static boolean ready(Tree pod) {
        return pod.tree("status").trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("Ready")
                        && condition.text("status", "").equals("True"));
    }

    List<InetAddress> resolve(String host) throws IOException {
        return Lookup.of(host, parts.node().node().traffic().dnsAddress());
    }
}
