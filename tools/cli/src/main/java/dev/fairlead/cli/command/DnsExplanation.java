// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.session.Session;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.names.Lookup;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.ZoneAnswers;
import dev.fairlead.dns.names.ZoneSettings;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a name leads to, decided here from what the API has now, as the nodes' DNS decides it. */
final class DnsExplanation {
    private final NameTable table;
    private final Map<ObjectName, String> sources = new LinkedHashMap<>();

    private DnsExplanation(SystemTime time) {
        table = new NameTable(time);
    }

    /**
     * Explains.
     *
     * @param from namespace and name of the pod that asks, or empty
     * @return the text, and whether the name leads anywhere
     */
    static Told of(Session session, String name, String zone, String from) throws IOException, InterruptedException {
        Optional<String> namespace = Optional.empty();
        if (!from.isEmpty()) {
            ObjectName pod =
                    new ObjectName(from.substring(0, from.indexOf('/')), from.substring(from.indexOf('/') + 1));
            if (session.client().find(Resources.PODS, pod) == null) {
                throw new Failure("there is no pod " + pod.name() + " in namespace " + pod.namespace());
            }
            namespace = Optional.of(pod.namespace());
        }
        try (SystemTime time = new SystemTime()) {
            DnsExplanation explanation = new DnsExplanation(time);
            explanation.fill(session.client());
            return explanation.tell(name, zone, namespace);
        } catch (IllegalArgumentException noName) {
            throw new Failure(String.valueOf(noName.getMessage()), noName);
        }
    }

    /** The text, and whether there is something behind the name. */
    record Told(String text, boolean found) {}

    private void fill(ApiClient client) throws IOException, InterruptedException {
        Map<ObjectName, List<EndpointSlice>> slices = new LinkedHashMap<>();
        client.list(
                Resources.NAMESPACES,
                Selection.ALL,
                tree -> table.putNamespace(tree.tree("metadata").text("name", "")));
        client.list(Resources.ENDPOINT_SLICES, Selection.ALL, tree -> {
            EndpointSlice slice = EndpointSlice.from(tree);
            slices.computeIfAbsent(slice.service(), any -> new ArrayList<>()).add(slice);
        });
        client.list(Resources.SERVICES, Selection.ALL, tree -> {
            Service service = Service.from(tree);
            table.put(service, slices.getOrDefault(service.name(), List.of()));
            sources.put(service.name(), source(service, slices.getOrDefault(service.name(), List.of())));
        });
        table.markSynced();
    }

    /** What the names of a Service are made from. */
    private static String source(Service service, List<EndpointSlice> slices) {
        StringBuilder text = new StringBuilder(
                "Service " + service.name() + ", revision " + service.meta().resourceVersion());
        if (service.headless()) {
            slices.forEach(slice -> text.append("; EndpointSlice ")
                    .append(slice.meta().name())
                    .append(", revision ")
                    .append(slice.meta().resourceVersion()));
        }
        return text.toString();
    }

    private Told tell(String name, String zone, Optional<String> namespace) {
        ZoneAnswers answers = new ZoneAnswers(ZoneSettings.of(DnsName.of(zone)), table);
        List<Lookup.Step> steps = new Lookup(answers).of(name, namespace);
        Lookup.Outcome end = steps.getLast().outcome();
        String verdict = switch (end) {
            case FOUND -> " is found";
            case EMPTY -> " has no address";
            case MISSING -> " is not found";
            case OTHERS -> " is no name of the cluster";
        };
        StringBuilder text = new StringBuilder("Name " + name + verdict);
        namespace.ifPresent(
                pods -> text.append(", looked up by a pod of namespace ").append(pods));
        text.append("\n\n");
        int width = steps.stream()
                .mapToInt(step -> step.name().toString().length())
                .max()
                .orElse(0);
        for (Lookup.Step step : steps) {
            String asked = step.name().toString();
            text.append("  ")
                    .append(asked)
                    .append(" ".repeat(width - asked.length() + 2))
                    .append(step.told());
            step.service()
                    .map(sources::get)
                    .ifPresent(source -> text.append(" (").append(source).append(')'));
            text.append('\n');
        }
        if (steps.stream().anyMatch(DnsExplanation::withoutEndpoints)) {
            text.append("\n  why nothing is ready: fairlead explain svc/NAME\n");
        }
        if (namespace.isEmpty() && end == Lookup.Outcome.OTHERS && !name.endsWith(".")) {
            text.append("\n  only pods have a search path; --from pod/NAME looks the name up as that pod does\n");
        }
        if (end == Lookup.Outcome.FOUND) {
            text.append("\n  who asked before it was there may remember for " + answers.ttl() + " s that it was not\n");
        }
        return new Told(text.toString(), end == Lookup.Outcome.FOUND);
    }

    private static boolean withoutEndpoints(Lookup.Step step) {
        return step.told().contains("none of its endpoints is ready");
    }
}
