// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;

/**
 * An IPAddress object, the reservation of a ClusterIP.
 *
 * @param address its name, the address in canonical form
 * @param labels its labels
 * @param ofService whether its parentRef says Service
 * @param parent the Service it says
 * @param created when it was made; the beginning of time when it does not say
 */
public record Reservation(
        String address, String uid, Map<String, String> labels, boolean ofService, ObjectName parent, Instant created) {
    /** Who the label below names when a ClusterIP is reserved; others' IPAddresses are theirs to look after. */
    public static final String MANAGER = "ipallocator.k8s.io";

    /** The label that names who looks after an IPAddress. */
    public static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";

    /** The label with the family. */
    public static final String FAMILY = "ipaddress.kubernetes.io/ip-family";

    /** Reads a stored IPAddress. */
    public static Reservation from(Tree ipAddress) {
        Tree meta = ipAddress.tree("metadata");
        Tree parent = ipAddress.tree("spec").tree("parentRef");
        return new Reservation(
                meta.text("name", ""),
                meta.text("uid", ""),
                meta.textMap("labels"),
                parent.text("group", "").isEmpty()
                        && parent.text("resource", "").equals("services"),
                new ObjectName(parent.text("namespace", ""), parent.text("name", "")),
                instant(meta.text("creationTimestamp", "")));
    }

    /** The labels that the reservation of an address has. */
    public static Map<String, String> labels(IpAddress address) {
        return Map.of(FAMILY, address.family() == IpFamily.IPV4 ? "IPv4" : "IPv6", MANAGED_BY, MANAGER);
    }

    /** Whether it is a reservation of ours. */
    public boolean managed() {
        return MANAGER.equals(labels.get(MANAGED_BY));
    }

    /** Whether it has the labels a reservation has. */
    boolean labelled() {
        return IpAddress.parse(address)
                .filter(ip -> labels.entrySet().containsAll(labels(ip).entrySet()))
                .isPresent();
    }

    private static Instant instant(String text) {
        try {
            return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeParseException notATime) {
            return Instant.EPOCH;
        }
    }
}
