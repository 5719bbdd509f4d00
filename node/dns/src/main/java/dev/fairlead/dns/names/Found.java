// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.ResourceRecord;
import java.util.List;

/** What is known about a name. */
sealed interface Found {
    /** A name that exists and has no records itself. */
    Found EMPTY = new Records(List.of(), List.of());

    /** No such name, and why. */
    record Nothing(Absence why) implements Found {}

    /** The name exists, with these records of whatever types and what goes with them. */
    record Records(List<ResourceRecord> records, List<ResourceRecord> additional) implements Found {}

    /** The name stands for another. */
    record Alias(DnsName target) implements Found {}

    /** These records. */
    static Found of(List<ResourceRecord> records) {
        return new Records(records, List.of());
    }
}
