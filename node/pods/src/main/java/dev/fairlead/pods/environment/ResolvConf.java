// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.definition.PodSpec.DnsPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * A pod's {@code /etc/resolv.conf}, from its {@code dnsPolicy}, its {@code dnsConfig} and the node's own file.
 *
 * @param options by name; the value is empty for an option that has none
 * @param trimmed what was left out because of the limits of the format; empty when nothing was
 */
public record ResolvConf(
        List<String> nameservers, List<String> searches, Map<String, String> options, List<String> trimmed) {
    private static final int NAMESERVERS = 3;
    private static final int SEARCHES = 32;
    private static final int SEARCH_CHARACTERS = 2048;
    private static final int SEARCH_LENGTH = 253;

    /** The cluster's name service: its addresses, and the domain it speaks for, without trailing dot. */
    public record ClusterDns(List<String> nameservers, String domain) {}

    /** Decides the file of {@code pod}. */
    public static ResolvConf of(PodSpec pod, ClusterDns cluster, ResolvConf node) {
        List<String> nameservers = new ArrayList<>();
        List<String> searches = new ArrayList<>();
        Map<String, String> options = new LinkedHashMap<>();
        switch (effective(pod)) {
            case CLUSTER_FIRST, CLUSTER_FIRST_WITH_HOST_NET -> {
                nameservers.addAll(cluster.nameservers);
                String services = "svc." + cluster.domain;
                searches.addAll(List.of(pod.name().namespace() + "." + services, services, cluster.domain));
                searches.addAll(node.searches);
                options.put("ndots", "5");
            }
            case DEFAULT -> {
                nameservers.addAll(node.nameservers);
                searches.addAll(node.searches);
                options.putAll(node.options);
            }
            case NONE -> {}
        }
        nameservers.addAll(pod.dnsConfig().nameservers());
        searches.addAll(pod.dnsConfig().searches());
        options.putAll(pod.dnsConfig().options());
        return limited(new LinkedHashSet<>(nameservers), new LinkedHashSet<>(searches), options);
    }

    /** Reads such a file; unknown lines are left out, the last {@code search} or {@code domain} line counts. */
    public static ResolvConf parse(String text) {
        List<String> nameservers = new ArrayList<>();
        List<String> searches = List.of();
        Map<String, String> options = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            List<String> words = List.of(line.strip().split("\\s+"));
            List<String> values = words.subList(1, words.size());
            switch (words.getFirst()) {
                case "nameserver" -> values.stream().findFirst().ifPresent(nameservers::add);
                case "search", "domain" -> searches = List.copyOf(values);
                case "options" -> values.forEach(option -> addOption(option, options));
                default -> {}
            }
        }
        return new ResolvConf(
                List.copyOf(nameservers), searches, java.util.Collections.unmodifiableMap(options), List.of());
    }

    /** The file's text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        if (!searches.isEmpty()) {
            text.append("search ").append(String.join(" ", searches)).append('\n');
        }
        nameservers.forEach(
                nameserver -> text.append("nameserver ").append(nameserver).append('\n'));
        if (!options.isEmpty()) {
            text.append("options");
            options.forEach((name, value) -> text.append(' ').append(name).append(value.isEmpty() ? "" : ":" + value));
            text.append('\n');
        }
        return text.toString();
    }

    /** A pod in the node's own network resolves as the node does, unless it says otherwise. */
    private static DnsPolicy effective(PodSpec pod) {
        return pod.dnsPolicy() == DnsPolicy.CLUSTER_FIRST && pod.hostNetwork() ? DnsPolicy.DEFAULT : pod.dnsPolicy();
    }

    private static ResolvConf limited(
            SequencedSet<String> nameservers, SequencedSet<String> searches, Map<String, String> options) {
        List<String> trimmed = new ArrayList<>();
        List<String> servers = new ArrayList<>();
        for (String server : nameservers) {
            (servers.size() < NAMESERVERS ? servers : trimmed).add(server);
        }
        List<String> domains = new ArrayList<>();
        int characters = 0;
        for (String domain : searches) {
            int with = characters + domain.length() + (domains.isEmpty() ? 0 : 1);
            if (domain.length() > SEARCH_LENGTH || domains.size() == SEARCHES || with > SEARCH_CHARACTERS) {
                trimmed.add(domain);
            } else {
                domains.add(domain);
                characters = with;
            }
        }
        return new ResolvConf(
                List.copyOf(servers),
                List.copyOf(domains),
                java.util.Collections.unmodifiableMap(new LinkedHashMap<>(options)),
                List.copyOf(trimmed));
    }

    private static void addOption(String option, Map<String, String> options) {
        int colon = option.indexOf(':');
        options.put(colon < 0 ? option : option.substring(0, colon), colon < 0 ? "" : option.substring(colon + 1));
    }
}
