// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectName;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Why a Service has no address of a family, or not the one it asks for. */
public sealed interface Lack {
    /** There is no pool at all. */
    record NoPool() implements Lack {}

    /** No pool has addresses of this family. */
    record NoPoolOfFamily(IpFamily family) implements Lack {}

    /** The pool that it asks for by name is not there. */
    record UnknownPool(String pool) implements Lack {}

    /** No pool is for this Service; why not, by pool. */
    record NoPoolMatches(IpFamily family, Map<String, String> refusals) implements Lack {}

    /** Every address of the pools that are for this Service is given. */
    record PoolsFull(IpFamily family, List<String> pools) implements Lack {}

    /** The address it asks for is in no pool. */
    record OutsidePools(IpAddress address) implements Lack {}

    /** The address it asks for is in a pool that is not for this Service. */
    record PoolRefuses(IpAddress address, String pool, String why) implements Lack {}

    /** The address it asks for is another's, and they cannot share it. */
    record Taken(IpAddress address, ObjectName by, String why) implements Lack {}

    /** It asks for an address of a family that it does not have. */
    record OtherFamily(IpAddress address) implements Lack {}

    /** It asks for something that is no address, or for two of one family. */
    record Unreadable(String text) implements Lack {}

    /** The reason as one word, for conditions. */
    default String reason() {
        return switch (this) {
            case NoPool _ -> "NoPool";
            case NoPoolOfFamily _ -> "NoPoolOfFamily";
            case UnknownPool _ -> "UnknownPool";
            case NoPoolMatches _ -> "NoPoolMatches";
            case PoolsFull _ -> "PoolsFull";
            case OutsidePools _ -> "AddressOutsidePools";
            case PoolRefuses _ -> "PoolRefuses";
            case Taken _ -> "AddressTaken";
            case OtherFamily _ -> "AddressOfOtherFamily";
            case Unreadable _ -> "AddressUnreadable";
        };
    }

    /** What a person should know, and do. */
    default String message() {
        return switch (this) {
            case NoPool() -> "there is no LoadBalancerPool; create one";
            case NoPoolOfFamily(IpFamily family) -> "no LoadBalancerPool has " + family.text() + " addresses";
            case UnknownPool(String pool) -> "it asks for the LoadBalancerPool \"" + pool + "\", which does not exist";
            case NoPoolMatches(IpFamily family, Map<String, String> refusals) ->
                "no LoadBalancerPool with " + family.text() + " addresses is for this Service: "
                        + refusals.entrySet().stream()
                                .map(one -> "\"" + one.getKey() + "\": " + one.getValue())
                                .collect(Collectors.joining("; "));
            case PoolsFull(IpFamily family, List<String> pools) ->
                "every " + family.text() + " address of "
                        + pools.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "))
                        + " is given; add addresses, or delete Services that need none";
            case OutsidePools(IpAddress address) -> "it asks for " + address + ", which is in no LoadBalancerPool";
            case PoolRefuses(IpAddress address, String pool, String why) ->
                "it asks for " + address + " of the LoadBalancerPool \"" + pool + "\": " + why;
            case Taken(IpAddress address, ObjectName by, String why) ->
                "it asks for " + address + ", which the Service " + by + " has; they cannot share it: " + why;
            case OtherFamily(IpAddress address) ->
                "it asks for " + address + ", but ipFamilies does not have "
                        + address.family().text();
            case Unreadable(String text) ->
                "it asks for \"" + text + "\", which is not an address, or a second one of its family";
        };
    }

    /** Whether the Service asked for something by name that it does not have: an address, or a pool. */
    default boolean aboutWish() {
        return switch (this) {
            case NoPool _, NoPoolOfFamily _, NoPoolMatches _, PoolsFull _ -> false;
            case UnknownPool _, OutsidePools _, PoolRefuses _, Taken _, OtherFamily _, Unreadable _ -> true;
        };
    }
}
