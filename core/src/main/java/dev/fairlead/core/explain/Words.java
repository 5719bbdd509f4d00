// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Plain words for values. */
final class Words {
    private static final int SHOWN = 3;

    private Words() {}

    /** {@code 1 pod}, {@code 3 pods}. */
    static String count(long number, String one) {
        return number + " " + (number == 1 ? one : one + "s");
    }

    /** {@code is} or {@code are}. */
    static String be(long number) {
        return number == 1 ? "is" : "are";
    }

    /** {@code 2 of 3 pods}; {@code all 3 pods}; {@code the only pod}. */
    static String share(long some, long all, String one) {
        if (some == all) {
            return all == 1 ? "the only " + one : all == 2 ? "both " + one + "s" : "all " + all + " " + one + "s";
        }
        return some + " of " + count(all, one);
    }

    /** {@code app=web,tier=front}. */
    static String labels(Map<String, String> labels) {
        return labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(","));
    }

    /** The first few, and how many more. */
    static String some(Collection<?> all) {
        List<String> shown =
                all.stream().map(String::valueOf).distinct().limit(SHOWN).toList();
        long more = all.stream().map(String::valueOf).distinct().count() - shown.size();
        return String.join(", ", shown) + (more > 0 ? " and " + more + " more" : "");
    }

    /** {@code 10.96.0.7:80}, {@code [fd00::1]:80}; without a port when that is 0. */
    static String at(IpAddress address, int port) {
        String text = address.family() == IpFamily.IPV6 && port != 0 ? "[" + address + "]" : address.toString();
        return port == 0 ? text : text + ":" + port;
    }

    /** {@code 12 s}, {@code 5 min}, {@code 3 h}, {@code 2 days}. */
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 7200) {
            return seconds / 60 + " min";
        }
        return seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
    }

    /** One line of somebody else's text, not too long. */
    static String quoted(String text) {
        String line = text.strip().lines().findFirst().orElse("");
        return "\"" + (line.length() > 160 ? line.substring(0, 160) + "…" : line) + "\"";
    }
}
