// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A domain name: its labels from the left, in lower case, each octet a char (ISO 8859-1). Names compare without regard
 * to case (RFC 4343) because they are kept in lower case.
 *
 * @param labels 0 (the root) to 127 labels of 1 to 63 octets, at most 255 octets in all on the wire
 */
public record DnsName(List<String> labels) {
    /** The root. */
    public static final DnsName ROOT = new DnsName(List.of());

    /**
     * Reads dotted text, with or without the trailing dot; there are no escapes.
     *
     * @throws IllegalArgumentException when a label is empty or too long
     */
    public static DnsName of(String text) {
        String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (bare.isEmpty()) {
            return ROOT;
        }
        List<String> labels = List.of(bare.toLowerCase(Locale.ROOT).split("\\.", -1));
        int length = 1;
        for (String label : labels) {
            if (label.isEmpty() || label.length() > 63) {
                throw new IllegalArgumentException("not a domain name: " + text);
            }
            length += label.length() + 1;
        }
        if (length > 255) {
            throw new IllegalArgumentException("a domain name has at most 255 octets: " + text);
        }
        return new DnsName(labels);
    }

    /** Whether this name is {@code zone} or below it. */
    public boolean isIn(DnsName zone) {
        int own = labels.size();
        int its = zone.labels.size();
        return own >= its && labels.subList(own - its, own).equals(zone.labels);
    }

    /** The labels in front of {@code zone}, from the left. */
    public List<String> below(DnsName zone) {
        return labels.subList(0, labels.size() - zone.labels.size());
    }

    /** This name with {@code front} labels put before it. */
    public DnsName under(String... front) {
        List<String> all = new ArrayList<>(front.length + labels.size());
        for (String label : front) {
            all.add(label.toLowerCase(Locale.ROOT));
        }
        all.addAll(labels);
        return new DnsName(List.copyOf(all));
    }

    /** Dotted text with the trailing dot. */
    @Override
    public String toString() {
        return labels.isEmpty() ? "." : String.join(".", labels) + ".";
    }
}
