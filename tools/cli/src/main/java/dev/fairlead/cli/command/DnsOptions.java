// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.names.StaticNames;
import dev.fairlead.dns.names.ZoneSettings;
import dev.fairlead.dns.names.ZoneSettings.PodRecords;
import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How names are answered, as options of the commands that start an instance. */
final class DnsOptions {
    private static final int PORT = 53;
    private static final int LONGEST_TTL = 3600;

    @Option(
            names = "--dns-upstreams",
            paramLabel = "ADDRESS[:PORT]",
            split = ",",
            description = "who is asked for names that are not the cluster's, in this order (default: as this host)")
    private List<String> upstreams = new ArrayList<>();

    @Option(
            names = "--dns-stub-domain",
            paramLabel = "DOMAIN=ADDRESS[:PORT]",
            split = ",",
            description = "who is asked for a domain instead; several for one domain are asked in this order")
    private List<String> stubs = new ArrayList<>();

    @Option(
            names = "--dns-hosts",
            paramLabel = "FILE",
            description = "names that are written down, as in /etc/hosts: an address, then its names")
    private @Nullable Path hosts;

    @Option(
            names = "--dns-zones",
            paramLabel = "ZONE",
            split = ",",
            description = "further zones with the names of the cluster's domain (default: none)")
    private List<String> zones = new ArrayList<>();

    @Option(
            names = "--dns-external-zone",
            paramLabel = "ZONE",
            description = "zone in which SERVICE.NAMESPACE is what a load balancer gave the Service (default: none)")
    private String external = "";

    @Option(
            names = "--dns-ttl",
            paramLabel = "SECONDS",
            defaultValue = "" + ZoneSettings.USUAL_TTL,
            description = "for how long names of the cluster may be remembered, 0 to 3600 (default: ${DEFAULT-VALUE})")
    private int ttl = ZoneSettings.USUAL_TTL;

    @Option(
            names = "--dns-pods",
            paramLabel = "MODE",
            defaultValue = "insecure",
            description =
                    "names such as 10-244-0-7.shop.pod: disabled; insecure, for any address; or verified, for those"
                            + " of pods (default: ${DEFAULT-VALUE})")
    private String pods = "insecure";

    @Option(
            names = "--dns-search-path",
            paramLabel = "SWITCH",
            defaultValue = "on",
            description = "on: the search path of a pod is walked for it, so that the first query is answered; or off"
                    + " (default: ${DEFAULT-VALUE})")
    private String search = "on";

    @Option(
            names = "--dns-log",
            paramLabel = "N",
            defaultValue = "0",
            description = "log one of N queries; 0 for none (default: ${DEFAULT-VALUE})")
    private int log;

    @Option(
            names = "--dns-rate-limit",
            paramLabel = "N",
            defaultValue = "0",
            description = "answer one source at most N queries a second; 0 for all (default: ${DEFAULT-VALUE})")
    private int rate;

    @Option(
            names = "--dns-transfer-to",
            paramLabel = "CIDR",
            split = ",",
            description = "who may have whole zones, by AXFR (default: nobody)")
    private List<String> transferTo = new ArrayList<>();

    @Option(
            names = "--dns-parallel",
            paramLabel = "SWITCH",
            defaultValue = "off",
            description = "on: those of --dns-upstreams are asked all at once, and the first to answer counts; or off"
                    + " (default: ${DEFAULT-VALUE})")
    private String parallel = "off";

    @Option(
            names = "--dns-mixed-case",
            paramLabel = "SWITCH",
            defaultValue = "off",
            description = "on: letters of questions to them are capitals by chance, against forgers; or off"
                    + " (default: ${DEFAULT-VALUE})")
    private String mixedCase = "off";

    @Mixin
    private EncryptionOptions encryption = new EncryptionOptions();

    DnsChoices choices() {
        if (ttl < 0 || ttl > LONGEST_TTL) {
            throw new Failure("--dns-ttl=" + ttl + " must be from 0 to 3600");
        }
        if (log < 0 || rate < 0) {
            throw new Failure("--dns-log and --dns-rate-limit must not be negative");
        }
        return new DnsChoices(
                zones.stream().map(zone -> name("--dns-zones", zone)).toList(),
                external.isEmpty() ? Optional.empty() : Optional.of(name("--dns-external-zone", external)),
                ttl,
                mode(),
                isOn("--dns-search-path", search),
                upstreams.stream().map(text -> server("--dns-upstreams", text)).toList(),
                domains(),
                written(),
                log,
                rate,
                transferTo.stream()
                        .map(text -> Cidr.parse(text)
                                .orElseThrow(() -> new Failure(
                                        "--dns-transfer-to=" + text + " is no block of addresses such as 10.1.0.0/16")))
                        .toList(),
                encryption.chosen(),
                isOn("--dns-parallel", parallel),
                isOn("--dns-mixed-case", mixedCase));
    }

    private static boolean isOn(String option, String word) {
        return switch (word) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new Failure(option + "=" + word + " must be on or off");
        };
    }

    private PodRecords mode() {
        for (PodRecords mode : PodRecords.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(pods)) {
                return mode;
            }
        }
        throw new Failure("--dns-pods=" + pods + " must be disabled, insecure or verified");
    }

    private Map<DnsName, List<InetSocketAddress>> domains() {
        Map<DnsName, List<InetSocketAddress>> domains = new LinkedHashMap<>();
        for (String stub : stubs) {
            int equals = stub.indexOf('=');
            if (equals < 1) {
                throw new Failure(
                        "--dns-stub-domain=" + stub + " must be a domain and who knows it: corp.example=10.1.0.53");
            }
            domains.computeIfAbsent(name("--dns-stub-domain", stub.substring(0, equals)), any -> new ArrayList<>())
                    .add(server("--dns-stub-domain", stub.substring(equals + 1)));
        }
        return domains;
    }

    private StaticNames written() {
        if (hosts == null) {
            return StaticNames.NONE;
        }
        try {
            return StaticNames.parse(Files.readAllLines(hosts));
        } catch (IOException unreadable) {
            throw new Failure("--dns-hosts=" + hosts + " cannot be read: " + unreadable.getMessage(), unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new Failure("--dns-hosts=" + hosts + ", " + wrong.getMessage(), wrong);
        }
    }

    private static DnsName name(String option, String text) {
        try {
            DnsName name = DnsName.of(text);
            if (!name.equals(DnsName.ROOT)) {
                return name;
            }
        } catch (IllegalArgumentException wrong) {
            throw new Failure(option + ": " + wrong.getMessage(), wrong);
        }
        throw new Failure(option + ": the root is no zone of a cluster");
    }

    /** {@code 10.1.0.53}, {@code 10.1.0.53:5353}, {@code fd00::53}, {@code [fd00::53]:5353}. */
    private static InetSocketAddress server(String option, String text) {
        Optional<IpAddress> whole = IpAddress.parse(text);
        if (whole.isPresent()) {
            return Inet.socketAddress(whole.get(), PORT);
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon).replaceAll("^\\[(.*)\\]$", "$1");
        String port = text.substring(colon + 1);
        Optional<IpAddress> address = IpAddress.parse(host);
        if (address.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new Failure(option + ": \"" + text + "\" is no ADDRESS[:PORT], such as 10.1.0.53 or [fd00::53]:5353");
        }
        return Inet.socketAddress(address.get(), Integer.parseInt(port));
    }
}
