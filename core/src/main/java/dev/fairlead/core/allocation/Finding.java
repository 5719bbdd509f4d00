// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;

/**
 * One thing that Services and reservations disagree about, and what is done about it.
 *
 * @param fault what is wrong
 * @param message for the Service's or IPAddress's owner
 * @param remedy what sets it right
 */
public record Finding(Fault fault, String message, Remedy remedy) {
    /** The faults, with the words that events and metrics have for them. */
    public enum Fault {
        /** A ClusterIP is no address. */
        CLUSTER_IP_NOT_VALID("ClusterIPNotValid", "ClusterIPValidation", "invalid"),
        /** A ClusterIP is in no ServiceCIDR. */
        CLUSTER_IP_OUT_OF_RANGE("ClusterIPOutOfRange", "ClusterIPAllocation", "outOfRange"),
        /** A ClusterIP has no reservation, or one that is not this Service's. */
        CLUSTER_IP_NOT_ALLOCATED("ClusterIPNotAllocated", "ClusterIPAllocation", "repair"),
        /** Two Services have one ClusterIP. */
        CLUSTER_IP_ALREADY_ALLOCATED("ClusterIPAlreadyAllocated", "ClusterIPAllocation", "duplicate"),
        /** A reservation without a Service. */
        ADDRESS_NOT_ALLOCATED("IPAddressNotAllocated", "IPAddressAllocation", "leak"),
        /** A reservation whose Service has other addresses. */
        ADDRESS_WRONG_REFERENCE("IPAddressWrongReference", "IPAddressAllocation", "leak"),
        /** A node port has no reservation. */
        PORT_NOT_ALLOCATED("PortNotAllocated", "PortAllocation", "repair"),
        /** Two Services have one node port. */
        PORT_ALREADY_ALLOCATED("PortAlreadyAllocated", "PortAllocation", "duplicate"),
        /** A node port is outside the range. */
        PORT_OUT_OF_RANGE("PortOutOfRange", "PortAllocation", "outOfRange"),
        /** A reserved node port that no Service has. */
        PORT_LEAKED("PortLeaked", "PortAllocation", "leak");

        private final String reason;
        private final String action;
        private final String metric;

        Fault(String reason, String action, String metric) {
            this.reason = reason;
            this.action = action;
            this.metric = metric;
        }

        /** The event's reason. */
        public String reason() {
            return reason;
        }

        /** The event's action. */
        public String action() {
            return action;
        }

        /** The value of the metrics' label {@code type}. */
        public String metric() {
            return metric;
        }
    }

    /** What sets it right. */
    public sealed interface Remedy {
        /** Only people can. */
        record Tell() implements Remedy {}

        /** A reservation, in the place of what is there. */
        record Reserve(IpAddress address, ObjectName service) implements Remedy {}

        /** An end of the reservation. */
        record Release() implements Remedy {}

        /** A reservation of a node port, in the place of what is there. */
        record ReservePort(int port, ObjectName service) implements Remedy {}
    }
}
