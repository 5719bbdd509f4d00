// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.dns.message.Rdata;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.ResourceRecord;
import java.util.Map;

/** Records and their types as text, for tables. */
public final class RecordText {
    private static final Map<String, Integer> TYPES = Map.ofEntries(
            Map.entry("A", RecordType.A),
            Map.entry("AAAA", RecordType.AAAA),
            Map.entry("SRV", RecordType.SRV),
            Map.entry("PTR", RecordType.PTR),
            Map.entry("CNAME", RecordType.CNAME),
            Map.entry("TXT", RecordType.TXT),
            Map.entry("SOA", RecordType.SOA),
            Map.entry("NS", RecordType.NS),
            Map.entry("ANY", RecordType.ANY),
            Map.entry("AXFR", RecordType.AXFR),
            Map.entry("MX", 15));

    private RecordText() {}

    /** A type's number by its name. */
    public static int type(String name) {
        return TYPES.get(name);
    }

    /** A record without its owner and TTL. */
    public static String of(ResourceRecord record) {
        return switch (record.data()) {
            case Rdata.Address(var address) -> (record.type() == RecordType.A ? "A " : "AAAA ") + address;
            case Rdata.Cname(var target) -> "CNAME " + target;
            case Rdata.Ptr(var target) -> "PTR " + target;
            case Rdata.Ns(var target) -> "NS " + target;
            case Rdata.Txt(var text) -> "TXT " + text;
            case Rdata.Srv srv -> "SRV " + srv.priority() + " " + srv.weight() + " " + srv.port() + " " + srv.target();
            case Rdata.Soa soa ->
                "SOA " + soa.server() + " " + soa.mailbox() + " " + soa.serial() + " " + soa.refresh() + " "
                        + soa.retry() + " " + soa.expire() + " " + soa.minimum();
        };
    }
}
