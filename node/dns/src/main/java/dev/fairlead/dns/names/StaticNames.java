// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.dns.message.Answer;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Rcode;
import dev.fairlead.dns.message.Rdata;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.ResourceRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names outside our zones that somebody has written down, as in hosts(5): an address, then its names. */
public final class StaticNames {
    /** None. */
    public static final StaticNames NONE = new StaticNames();

    private static final int TTL = 3600;

    private final Map<DnsName, List<IpAddress>> addresses = new HashMap<>();
    private final Map<IpAddress, DnsName> names = new HashMap<>();

    private StaticNames() {}

    /**
     * Reads such lines; from {@code #} to the end of a line is a comment.
     *
     * @throws IllegalArgumentException when a line has no address or no names, with its number
     */
    public static StaticNames parse(List<String> lines) {
        StaticNames all = new StaticNames();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("#.*", "").strip();
            if (!line.isEmpty()) {
                all.add(i + 1, List.of(line.split("\\s+")));
            }
        }
        return all;
    }

    private void add(int line, List<String> words) {
        Optional<IpAddress> address = IpAddress.parse(words.getFirst());
        if (address.isEmpty() || words.size() < 2) {
            throw new IllegalArgumentException("line " + line + ": an address and its names are expected");
        }
        for (String word : words.subList(1, words.size())) {
            try {
                DnsName name = DnsName.of(word);
                addresses.computeIfAbsent(name, any -> new ArrayList<>()).add(address.get());
                names.putIfAbsent(address.get(), name);
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("line " + line + ": " + wrong.getMessage(), wrong);
            }
        }
    }

    /** The answer, if the name or address is written down; types that nobody can write down there are NODATA. */
    public Optional<Answer> answer(DnsName name, int type) {
        List<IpAddress> known = addresses.get(name);
        if (known != null) {
            return Optional.of(answer(known.stream()
                    .filter(address -> type == (address.family() == IpFamily.IPV4 ? RecordType.A : RecordType.AAAA))
                    .map(address -> new ResourceRecord(name, TTL, new Rdata.Address(address)))
                    .toList()));
        }
        return type != RecordType.PTR || names.isEmpty()
                ? Optional.empty()
                : ReverseName.address(name)
                        .flatMap(address -> Optional.ofNullable(names.get(address)))
                        .map(target -> answer(List.of(new ResourceRecord(name, TTL, new Rdata.Ptr(target)))));
    }

    private static Answer answer(List<ResourceRecord> records) {
        return new Answer(Rcode.NOERROR, true, records, List.of(), List.of());
    }
}
