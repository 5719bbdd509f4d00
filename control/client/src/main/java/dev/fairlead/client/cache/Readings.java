// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.cache;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.util.function.Function;

/** How the kinds that come by the thousand, and that several parts of a process follow, become records. */
public record Readings(Function<Tree, Service> services, Function<Tree, EndpointSlice> slices) {
    /** Each part has its own. */
    public static final Readings OWN = new Readings(Service::from, EndpointSlice::from);

    /** For all parts of one process that follow the same API. */
    public static Readings shared() {
        return new Readings(
                new SharedRecords<>(Service::from, Service::meta),
                new SharedRecords<>(EndpointSlice::from, EndpointSlice::meta));
    }
}
