// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses a Service gets, and what it lacks.
 *
 * @param grants what it has from now on, in the order of its families
 * @param lacks what it wants and does not get
 * @param strict whether it is not content while it lacks anything; else it is with one address of those it would have
 */
public record AddressDecision(List<Grant> grants, List<Lack> lacks, boolean strict) {
    /**
     * One address.
     *
     * @param pool where it is from; null when it is in no pool any more and kept nevertheless
     * @param sharedWith who else has it
     */
    public record Grant(IpAddress address, @Nullable String pool, List<ObjectName> sharedWith) {}

    /** Copies. */
    public AddressDecision {
        grants = List.copyOf(grants);
        lacks = List.copyOf(lacks);
    }

    /** The addresses. */
    public List<IpAddress> addresses() {
        return grants.stream().map(Grant::address).toList();
    }

    /** Whether the Service is content. */
    public boolean complete() {
        return !grants.isEmpty() && lacks.stream().noneMatch(lack -> strict || lack.aboutWish());
    }

    /** One word for it, for a condition. */
    public String reason() {
        if (!complete()) {
            return lacks.isEmpty() ? "NoFamily" : lacks.getFirst().reason();
        }
        return grants.stream().anyMatch(grant -> grant.pool() == null) ? "KeptOutsidePools" : "Assigned";
    }

    /** The same for people. */
    public String message() {
        String lacking = lacks.stream().map(Lack::message).collect(Collectors.joining("; "));
        String having = grants.stream().map(AddressDecision::words).collect(Collectors.joining("; "));
        if (having.isEmpty()) {
            return lacking;
        }
        return lacking.isEmpty() ? having : lacking + "; it has " + having;
    }

    private static String words(Grant grant) {
        String from = grant.pool() == null
                ? grant.address() + ", which is in no LoadBalancerPool any more and stays until the Service lets it go"
                : grant.address() + " of the LoadBalancerPool \"" + grant.pool() + "\"";
        return grant.sharedWith().isEmpty()
                ? from
                : from + ", shared with "
                        + grant.sharedWith().stream().map(ObjectName::toString).collect(Collectors.joining(", "));
    }
}
