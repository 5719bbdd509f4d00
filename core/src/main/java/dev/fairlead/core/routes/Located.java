// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A slice with its addresses read once, not for each port at each change of a Service.
 *
 * @param family null when the slice holds names
 * @param places its endpoints that have an address of the family; the first address counts
 */
record Located(EndpointSlice slice, @Nullable IpFamily family, List<Place> places) {
    /** An endpoint and where it is. */
    record Place(IpAddress address, Endpoint endpoint) {}

    static Located of(EndpointSlice slice) {
        IpFamily family = null;
        for (IpFamily candidate : IpFamily.values()) {
            family = candidate.text().equals(slice.addressType()) ? candidate : family;
        }
        List<Place> places = new ArrayList<>(slice.endpoints().size());
        for (Endpoint endpoint : slice.endpoints()) {
            Optional<IpAddress> address = endpoint.addresses().isEmpty()
                    ? Optional.empty()
                    : IpAddress.parse(endpoint.addresses().getFirst());
            if (address.isPresent() && address.get().family() == family) {
                places.add(new Place(address.get(), endpoint));
            }
        }
        return new Located(slice, family, List.copyOf(places));
    }
}
