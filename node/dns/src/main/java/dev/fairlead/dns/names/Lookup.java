// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.dns.message.Answer;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Rcode;
import dev.fairlead.dns.message.Rdata;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.ResourceRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;

/** What becomes of a name that somebody looks up: name by name as its resolver goes on, with reasons. */
public final class Lookup {
    private static final int NDOTS = 5;

    private final ZoneAnswers zone;
    private final DnsName services;

    /** Looks up in {@code zone}. */
    public Lookup(ZoneAnswers zone) {
        this.zone = zone;
        this.services = zone.zone().under("svc");
    }

    /** How a name fared. */
    public enum Outcome {
        /** It has addresses, and the search ends. */
        FOUND,
        /** It is there without addresses, and the search ends. */
        EMPTY,
        /** It is not there; the next one is looked up. */
        MISSING,
        /** Others know. */
        OTHERS
    }

    /**
     * One name on the way.
     *
     * @param told addresses and aliases, or why there are none
     * @param service whose name it is, if it has the form of a Service's
     */
    public record Step(DnsName name, Outcome outcome, String told, Optional<ObjectName> service) {}

    /**
     * The way of {@code text}; it ends with the first name that is there, or that others know.
     *
     * @param namespace of the pod that asks; empty for somebody without a search path
     * @throws IllegalArgumentException when {@code text} is no name
     */
    public List<Step> of(String text, Optional<String> namespace) {
        List<Step> steps = new ArrayList<>();
        for (DnsName name : names(text, namespace)) {
            Step step = step(name);
            steps.add(step);
            if (step.outcome != Outcome.MISSING) {
                break;
            }
        }
        return List.copyOf(steps);
    }

    /** As resolv.conf of a pod says: {@code ndots:5}, and three domains; a name with a dot at its end is whole. */
    private List<DnsName> names(String text, Optional<String> namespace) {
        DnsName bare = DnsName.of(text);
        List<DnsName> names = new ArrayList<>(List.of(bare));
        if (namespace.isPresent() && !text.endsWith(".")) {
            List<DnsName> searched = new ArrayList<>();
            for (DnsName domain : List.of(services.under(namespace.get()), services, zone.zone())) {
                List<String> labels = new ArrayList<>(bare.labels());
                labels.addAll(domain.labels());
                searched.add(DnsName.of(String.join(".", labels)));
            }
            boolean bareFirst = bare.labels().size() > NDOTS;
            names.addAll(bareFirst ? 1 : 0, searched);
        }
        return names;
    }

    private Step step(DnsName name) {
        Optional<ZoneAnswers.Partial> v4 = zone.answer(name, RecordType.A);
        if (v4.isEmpty()) {
            return new Step(
                    name, Outcome.OTHERS, "a name of others; other resolvers are asked for it", Optional.empty());
        }
        Optional<ObjectName> service = service(name);
        Answer answer = v4.get().answer();
        if (answer.rcode() == Rcode.NXDOMAIN) {
            String why = zone.absence(name, RecordType.A).map(Absence::text).orElse("there is no such name");
            return new Step(name, Outcome.MISSING, why + hint(service), service);
        }
        if (answer.rcode() != Rcode.NOERROR) {
            return new Step(name, Outcome.EMPTY, "an alias of an alias without end", service);
        }
        SequencedSet<String> told = new LinkedHashSet<>();
        answer.answers().forEach(record -> told.add(text(record)));
        zone.answer(name, RecordType.AAAA)
                .ifPresent(v6 -> v6.answer().answers().forEach(record -> told.add(text(record))));
        v4.get().unresolved().ifPresent(target -> told.add("other resolvers are asked for " + target));
        return told.isEmpty()
                ? new Step(name, Outcome.EMPTY, "the name is there, without an address", service)
                : new Step(name, Outcome.FOUND, String.join(", ", told), service);
    }

    private static String text(ResourceRecord record) {
        return switch (record.data()) {
            case Rdata.Address(var address) -> address.toString();
            case Rdata.Cname(var target) -> "alias of " + target;
            default -> record.data().toString().toLowerCase(Locale.ROOT);
        };
    }

    private Optional<ObjectName> service(DnsName name) {
        if (!name.isIn(services)) {
            return Optional.empty();
        }
        List<String> labels = name.below(services);
        int count = labels.size();
        return count < 2 ? Optional.empty() : Optional.of(new ObjectName(labels.get(count - 1), labels.get(count - 2)));
    }

    /** Where a Service of this name is, if it is not where it was looked for. */
    private String hint(Optional<ObjectName> service) {
        if (service.isEmpty()
                || zone.table().service(service.get().namespace(), service.get().name()) != null) {
            return "";
        }
        List<String> elsewhere = zone.table().namespacesWith(service.get().name());
        return elsewhere.isEmpty()
                ? ""
                : "; there is one in " + String.join(", ", elsewhere) + ": look up "
                        + service.get().name() + "." + elsewhere.getFirst();
    }
}
