// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Explanation;
import dev.fairlead.core.explain.TrafficReport;
import dev.fairlead.junit.Traffic;
import dev.fairlead.junit.engine.play.Troupe;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Tells how a cluster does: what happened, what passed through Services, and why one does not work. */
final class Telling {
    private static final int LAST_EVENTS = 20;

    private final Parts parts;
    private final ApiClient client;
    private final Troupe troupe;
    private final Directory directory;
    /** Names of pods by uid and by address, those that are gone too. */
    private final Map<String, ObjectName> known = new ConcurrentHashMap<>();

    Telling(Parts parts, Troupe troupe, Directory directory) {
        this.parts = parts;
        this.client = parts.client();
        this.troupe = troupe;
        this.directory = directory;
    }

    /** Keeps in mind who has that uid and that address. */
    void note(Tree pod) {
        known.put(pod.tree("metadata").text("uid", ""), Directory.named(pod));
        String address = pod.tree("status").text("podIP", "");
        if (!address.isEmpty()) {
            known.put(address, Directory.named(pod));
        }
    }

    String explain(ObjectName service) throws IOException, InterruptedException {
        directory.service(service);
        String path = Resources.SERVICES.path(service.namespace(), service.name()) + "/explain";
        return Explanation.from(new Tree(
                        Json.object(client.call(Request.of("GET", path)).drained())))
                .text();
    }

    /** The same, or why there is none. */
    String why(ObjectName service) throws IOException, InterruptedException {
        try {
            return explain(service);
        } catch (IllegalArgumentException unknown) {
            return String.valueOf(unknown.getMessage());
        }
    }

    Traffic traffic(ObjectName service) throws IOException, InterruptedException {
        directory.service(service);
        client.list(Resources.PODS, Selection.in(service.namespace())).items().forEach(this::note);
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
        return new Traffic(Directory.text(service), connections, served, failed);
    }

    private String podAt(IpAddress address) {
        ObjectName pod = known.get(address.toString());
        return pod == null ? address.toString() : pod.name();
    }

    List<String> events() throws IOException, InterruptedException {
        return client.list(Resources.EVENTS, Selection.ALL).items().stream()
                .sorted(Comparator.comparing(Telling::when))
                .map(Telling::line)
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
        List<Tree> pods = client.list(Resources.PODS, Selection.ALL).items();
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

    private static String state(Tree pod) {
        Tree status = pod.tree("status");
        String waiting = status.trees("containerStatuses").stream()
                .map(container -> container.tree("state").tree("waiting"))
                .filter(state -> !state.fields().isEmpty())
                .map(state -> state.text("reason", "") + " " + state.text("message", ""))
                .collect(Collectors.joining("; "));
        return Directory.text(Directory.named(pod)) + " " + status.text("phase", "")
                + (ready(pod) ? " ready" : " not ready") + (waiting.isEmpty() ? "" : ": " + waiting.strip());
    }

    static boolean ready(Tree pod) {
        return pod.tree("status").trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("Ready")
                        && condition.text("status", "").equals("True"));
    }
}
